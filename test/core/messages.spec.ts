import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import { correlationOf } from '../../lib/core/correlation.js';
import { aDefinition, aFork, aMessage, aStepNode, NOON, hearing } from './builders.js';
import { Story, type Told } from './story.js';

const TRIES = { attempts: 3, delayMs: 0, backoff: 'fixed', maxDelayMs: 5000, jitter: false } as const;
const asking = (given = {}) => aDefinition([aStepNode('a', { gate: { for: 'response', request: 'how' }, ...given })]);
const standing = (given = {}) => aDefinition([aStepNode('a', { gate: hearing('news'), ...given })]);
const heard = (given = {}) => aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news'), ...given });
const fault = (story: Story) => story.process.cause;

describe('a request and its response', () => {
  it('asks, waits under its run, and runs when the answer is here', () => {
    const story = new Story(asking());
    expect(story.token('a').does).toBe('request');
    story.tell(story.asked('a'));
    expect(story.wait('a')).toMatchObject({ kind: 'response', address: 'r:p.1' });
    expect(story.process).toMatchObject({ status: 'waiting', worker: null });
    story.tell(story.answer('a'));
    expect(story.token('a')).toMatchObject({ does: 'run', message: 'm', run: 1, attempt: 1 });
    story.do('a');
    expect(story.records).toEqual(['process-started', 'response-requested a', 'message-delivered a', 'step-completed a', 'process-completed']);
  });

  it('makes no version by asking', () => {
    const story = new Story(asking());
    story.tell(story.asked('a'));
    expect(story.process.contextVersion).toBe(1);
  });

  it('waits under an id of theirs', () => {
    const story = new Story(asking());
    story.tell(story.asked('a', 'S-1'));
    expect(story.wait('a')).toMatchObject({ address: 'r:S-1', correlation: 'S-1' });
    expect(story.last.records[0]!.detail).toBe('S-1');
  });

  it('needs no answer if the request says so', () => {
    const story = new Story(asking());
    story.tell(story.succeeded('a'));
    expect(story.status).toBe('completed');
  });

  it('that does not come within the time asks again under the same correlation id', () => {
    const story = new Story(asking({ within: 100, retry: TRIES }));
    const asked = () => correlationOf(story.process, story.token('a') ?? story.wait('a'));
    const first = asked();
    story.tell(story.asked('a'));
    for (const attempt of [2, 3]) {
      story.wake('a');
      expect(story.token('a')).toMatchObject({ does: 'request', attempt, deadline: story.now + 100 });
      expect(asked()).toBe(first);
      story.tell(story.asked('a'));
      expect(story.wait('a').address).toBe('r:p.1');
    }
    story.wake('a');
    expect(fault(story)).toBe('a: nothing came within the time given (response)');
    expect(story.records.filter((record) => record === 'step-timed-out a')).toHaveLength(3);
  });

  it('and its time-out: who commits first counts, the other no longer applies', () => {
    const story = new Story(asking({ within: 100, retry: TRIES }));
    story.tell(story.asked('a'));
    const [due, answer] = [story.due('a'), story.answer('a')];
    story.now += 100;
    story.tell(answer);
    expect(story.tell(due)).toBeNull();
    const other = new Story(asking({ within: 100, retry: TRIES }));
    other.tell(other.asked('a'));
    other.now += 100;
    other.tell(due);
    other.tell(answer);
    expect(other.last.records.map(({ type }) => type)).toEqual(['message-late']);
    expect(other.active).toEqual(['a']);
  });

  it('is optional: no answer in time, and the process goes on', () => {
    const story = new Story(asking({ within: 100, required: false }));
    story.tell(story.asked('a'));
    story.wake('a');
    expect(story.status).toBe('completed');
    expect(story.records).toContain('step-skipped a');
    expect(story.process.contextVersion).toBe(2);
  });

  it('again() from the handler waits for the next answer under the same id', () => {
    const story = new Story(asking());
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    story.tell(story.deferred('a', { state: 1 }));
    expect(story.wait('a')).toMatchObject({ kind: 'response', address: 'r:p.1', state: 1 });
    expect(story.wait('a').message).toBeUndefined();
    story.tell(story.answer('a', 'm2'));
    expect(story.token('a')).toMatchObject({ message: 'm2', state: 1 });
  });

  it('again({ after }) from the handler runs it again with the same answer', () => {
    const story = new Story(asking());
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    story.tell(story.deferred('a', { afterMs: 50 }));
    expect(story.wait('a')).toMatchObject({ kind: 'timer', message: 'm' });
    expect(story.wake('a').token('a')).toMatchObject({ does: 'run', message: 'm' });
  });

  it('a failed handler runs again with the message it had; a retry by a person too', () => {
    const story = new Story(asking({ retry: { ...TRIES, attempts: 2, delayMs: 10 } }));
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    story.tell(story.failed('a'));
    story.wake('a');
    expect(story.token('a')).toMatchObject({ does: 'run', message: 'm', attempt: 2 });
    story.tell(story.failed('a'));
    expect(story.status).toBe('failed');
    story.tell({ type: 'retried' });
    expect(story.token('a')).toMatchObject({ does: 'run', message: 'm', attempt: 3 });
  });
});

describe('a message has one disposition', () => {
  const waiting = () => {
    const story = new Story(asking({ next: ['b'] }));
    story.tell(story.asked('a'));
    return story;
  };
  const types = (story: Story) => story.last.records.map(({ type }) => type);

  it('delivered: kept with the process', () => {
    const story = new Story(asking());
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    expect(story.last.messages).toMatchObject([{ id: 'm', processId: 'p', disposition: 'delivered' }]);
  });

  it('duplicate: recorded, and without effect', () => {
    const story = new Story(asking());
    story.tell(story.asked('a'));
    const answer = story.answer('a');
    story.tell(answer);
    const before = story.process.tokens;
    story.tell(answer);
    expect(types(story)).toEqual(['message-duplicate']);
    expect(story.last.messages).toEqual([]);
    expect(story.process.tokens).toEqual(before);
  });

  it('duplicate: also where the step waits for the next under the same id', () => {
    const story = new Story(asking());
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    story.tell(story.deferred('a'));
    story.tell(story.answer('a'));
    expect(types(story)).toEqual(['message-duplicate']);
    expect(story.waiting).toEqual(['a: response']);
  });

  it('conflict: another body under its id', () => {
    const story = new Story(asking());
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    story.tell({ ...(story.answer('a') as Told & { message: ReturnType<typeof aMessage> }), message: aMessage('m', { digest: 'other' }) } as Told);
    expect(types(story)).toEqual(['message-conflict']);
    expect(story.book.messages.get('m')!.digest).toBe('digest');
  });

  it.each([
    ['for a visit that is over', { run: 7 }],
    ['for a place where nothing stands', { key: '0/7' }],
  ])('late: %s', (_what, other) => {
    const story = waiting();
    story.tell({ ...story.answer('a'), ...other } as Told);
    expect(types(story)).toEqual(['message-late']);
    expect(story.last.messages).toMatchObject([{ disposition: 'late', processId: 'p' }]);
    expect(story.waiting).toEqual(['a: response']);
  });

  it('late once: the same again is a duplicate', () => {
    const story = waiting();
    story.tell({ ...story.answer('a'), run: 7 } as Told);
    story.tell({ type: 'message-missed', message: aMessage() });
    expect(types(story)).toEqual(['message-duplicate']);
  });

  it('late once: whether the one who brought it found a wait or not', () => {
    const found = { ...waiting().answer('a'), run: 7, lateId: 'late' } as Told;
    const missed = { type: 'message-missed', message: { ...aMessage(), id: 'late' } } as Told;
    for (const [first, second] of [
      [found, missed],
      [missed, found],
    ] as const) {
      // prettier-ignore
      const story = waiting();
      story.tell(first);
      expect(story.last.messages).toMatchObject([{ id: 'late', disposition: 'late' }]);
      story.tell(second);
      expect(types(story)).toEqual(['message-duplicate']);
    }
  });

  it('late once: two who bring a stored one', () => {
    const [story, stored] = [waiting(), { ...aMessage(), id: 'row' }];
    const found = { ...story.answer('a'), run: 7, stored } as Told;
    const missed = { type: 'message-missed', message: { ...aMessage(), id: 'late' }, stored } as Told;
    story.tell(found);
    expect(types(story)).toEqual(['message-late']);
    expect(story.tell(missed)).toBeNull();
  });

  it('late: a timer or a task waits for no message', () => {
    const story = new Story(aDefinition([aStepNode('a', { after: 100 })]));
    story.tell(story.answer('a'));
    expect(types(story)).toEqual(['message-late']);
    expect(story.waiting).toEqual(['a: timer']);
  });

  it('delivered, though it was stored first', () => {
    const story = waiting();
    story.book.messages.set('m', aMessage());
    story.tell(story.answer('a'));
    expect(types(story)).toEqual(['message-delivered']);
  });

  it('late for a finished process, which stays as it is', () => {
    const story = new Story(asking());
    story.tell({ type: 'cancelled' });
    const before = story.process;
    story.tell(story.answer('a'));
    expect(types(story)).toEqual(['message-late']);
    expect(story.process).toEqual({ ...before, revision: before.revision + 1 });
  });
});

describe('an event the flow stands still for', () => {
  it('is found by its name and the group id', () => {
    expect(new Story(standing()).wait('a').address).toBe('e:news:g');
  });

  it('runs the step with it, and again() waits for the next', () => {
    const story = new Story(standing());
    story.tell(story.answer('a'));
    story.tell(story.deferred('a'));
    expect(story.wait('a')).toMatchObject({ kind: 'event', address: 'e:news:g' });
    story.tell(story.answer('a', 'm2'));
    story.do('a');
    expect(story.status).toBe('completed');
  });

  it('that does not come in time is a failed attempt, and is waited for again', () => {
    const story = new Story(standing({ within: 100, retry: TRIES }));
    story.wake('a');
    expect(story.wait('a')).toMatchObject({ kind: 'event', attempt: 2, dueAt: NOON + 200 });
  });
});

describe('an event nobody asked for', () => {
  const two = (given = {}) =>
    aDefinition([
      aFork('all', ['a', 'b']),
      aStepNode('a', { next: ['a2'] }),
      aStepNode('a2', { next: [] }),
      aStepNode('b', { next: [], gate: hearing('never') }),
      heard(given),
    ]);

  it('is accepted at once, and handled beside the flow', () => {
    const story = new Story(two());
    story.tell(story.event('heard'));
    expect(story.active).toEqual(['a', 'heard']);
    expect(story.waiting).toEqual(['b: event']);
    story.do('heard');
    expect(story.active).toEqual(['a']);
    expect(story.last.versions).toMatchObject([{ step: 'heard', moves: [] }]);
  });

  it('any number of times, each with a visit of its own; the same one once', () => {
    const story = new Story(two());
    for (const id of ['m1', 'm2', 'm1']) story.tell(story.event('heard', id));
    expect(story.process.tokens.filter(({ node }) => node === 'heard')).toHaveLength(2);
    expect(story.records.at(-1)).toBe('message-duplicate');
  });

  it('wakes a process that only waits', () => {
    const story = new Story(aDefinition([aStepNode('a', { after: 100 }), heard()]));
    story.tell(story.event('heard'));
    expect(story.process).toMatchObject({ status: 'running', worker: 'w' });
    story.do('heard');
    expect(story.process).toMatchObject({ status: 'waiting', worker: null });
  });

  it('keeps the process from ending until it is handled', () => {
    const story = new Story(aDefinition([aStepNode('a'), heard()]));
    story.tell(story.event('heard'));
    story.do('a');
    expect(story.status).toBe('running');
    story.do('heard');
    expect(story.status).toBe('completed');
  });

  it('keeps it from ending while its handler waits for another try', () => {
    const story = new Story(aDefinition([aStepNode('a'), heard({ retry: { ...TRIES, delayMs: 10 } })]));
    story.tell(story.event('heard'));
    story.tell(story.failed('heard'));
    story.do('a');
    expect(story.status).toBe('waiting');
    story.wake('heard').do('heard');
    expect(story.status).toBe('completed');
  });

  it('declined by again(): skipped, no version, nothing moves', () => {
    const story = new Story(two());
    story.tell(story.event('heard'));
    story.tell(story.deferred('heard'));
    expect(story.records.at(-1)).toBe('step-skipped heard');
    expect(story.process.contextVersion).toBe(1);
    expect(story.active).toEqual(['a']);
  });

  it('with `next` ends the other branches: a new tree, in which nothing of the old can speak', () => {
    const story = new Story(two({ next: ['a2'] }));
    story.tell(story.event('heard'));
    const late = [story.succeeded('a'), story.answer('b', 'other')];
    story.do('heard');
    expect(story.process).toMatchObject({ root: 1 });
    expect(story.process.tokens).toMatchObject([{ key: '1', node: 'a2' }]);
    expect(story.waiting).toEqual([]);
    expect(story.tell(late[0]!)).toBeNull();
    expect(story.tell(late[1]!)).toBeNull(); // it is kept, for whoever comes to wait for it
    story.do('a2');
    expect(story.status).toBe('completed');
  });

  it("with next: 'end' ends the process", () => {
    const story = new Story(two({ next: ['end'] }));
    story.tell(story.event('heard'));
    story.do('heard');
    expect(story.status).toBe('completed');
  });

  it('with `next` keeps the events behind it', () => {
    const story = new Story(two({ next: ['a2'] }));
    for (const id of ['m1', 'm2']) story.tell(story.event('heard', id));
    story.do('heard');
    expect(story.active).toEqual(['heard', 'a2']);
    story.do('a2');
    expect(story.status).toBe('running');
    story.do('heard');
    expect(story.active, 'and turns it again').toEqual(['a2']);
    expect(story.process.root).toBe(2);
  });

  it('that cannot be handled, and need not be, is skipped and turns the process nowhere', () => {
    const story = new Story(two({ next: ['a2'], required: false }));
    story.tell(story.event('heard'));
    story.tell(story.failed('heard'));
    expect(story.records.at(-1)).toBe('step-skipped heard');
    expect(story.process.root).toBe(0);
    expect(story.active).toEqual(['a']);
  });

  it('that cannot be handled fails the process, which keeps it for a retry', () => {
    const story = new Story(two());
    story.tell(story.event('heard'));
    story.tell(story.failed('heard'));
    expect(story.process).toMatchObject({ status: 'failed', cause: 'heard: Error: no' });
    story.tell({ type: 'retried' });
    expect(story.token('heard')).toMatchObject({ message: 'm', attempt: 2 });
    story.do('heard');
    expect(story.status).toBe('running');
  });

  it('whose deadline cannot be told fails the process with the reason on record, and keeps the event', () => {
    const story = new Story(aDefinition([aStepNode('a'), heard({ within: 'asked' })]), { within: () => new FactError('within threw: oh') });
    story.tell(story.event('heard'));
    expect(story.last.records.map(({ type, error }) => [type, error])).toEqual([['message-delivered', null], ['process-failed', 'within threw: oh']]); // prettier-ignore
    story.tell({ type: 'retried' });
    expect(story.token('heard')).toMatchObject({ does: 'run', message: 'm' });
    expect(story.active).toContain('heard');
  });

  it('is kept while the process is suspended or failed, and late once it has ended', () => {
    const story = new Story(two());
    story.tell({ type: 'suspended' });
    story.tell(story.event('heard', 'm1'));
    expect(story.book.messages.get('m1')!.disposition).toBe('delivered');
    story.tell({ type: 'cancelled' });
    story.tell(story.event('heard', 'm2'));
    expect(story.book.messages.get('m2')!.disposition).toBe('late');
  });
});

describe('told twice, as after a lost reply', () => {
  const beside = () =>
    aDefinition([aFork('all', ['a', 'b']), aStepNode('a', { next: [], gate: { for: 'response', request: 'how' } }), aStepNode('b', { next: [] })]);

  it('a request does not swallow the answer that came meanwhile', () => {
    const story = new Story(beside());
    const asked = story.asked('a');
    story.tell(asked);
    story.tell(story.answer('a'));
    expect(story.tell(asked)).toBeNull();
    expect(story.token('a')).toMatchObject({ does: 'run', message: 'm' });
  });

  it('again() does not swallow the next answer', () => {
    const story = new Story(beside());
    story.tell(story.asked('a'));
    story.tell(story.answer('a'));
    const deferred = story.deferred('a');
    story.tell(deferred);
    story.tell(story.answer('a', 'm2'));
    expect(story.tell(deferred)).toBeNull();
    expect(story.token('a')).toMatchObject({ message: 'm2' });
  });

  it('again({ after: 0, patch }) adds up once', () => {
    const story = new Story(beside());
    expect(story.tellTwice(story.deferred('b', { afterMs: 0, patch: { set: { n: 1 }, remove: [] } }))).toBeNull();
    expect(story.process.contextVersion).toBe(2);
  });

  it('pause() does not stop the process again after it was resumed', () => {
    const story = new Story(beside());
    const paused = story.paused('b');
    story.tell(paused);
    story.tell({ type: 'resumed' });
    expect(story.tell(paused)).toBeNull();
    expect(story.token('b').attempt - story.token('b').forgiven!, 'costs no try').toBe(1);
  });
});
