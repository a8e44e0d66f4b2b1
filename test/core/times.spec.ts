/** Two options about time on one step, to the millisecond. */
import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import type { StepNode } from '../../lib/definition/graph.js';
import { aDefinition, aMessage, aStage, aStepNode, hearing, NOON, ONCE } from './builders.js';
import { Story } from './story.js';

const DAY = 86_400_000;
const TRIES = { ...ONCE, attempts: 3, delayMs: 40 };
const step = (given: Partial<Omit<StepNode, 'kind' | 'name'>>) => new Story(aDefinition([aStepNode('a', given)]));
const at = (story: Story, ms: number) => {
  story.now = NOON + ms;
  return story;
};

describe('`within` and the delay of a retry', () => {
  it('the delay is not part of the time: each attempt has the whole of it, from the moment it may begin', () => {
    const story = at(step({ within: 100, retry: TRIES }), 90);
    story.tell(story.failed('a'));
    expect(story.wait('a')).toMatchObject({ kind: 'timer', dueAt: NOON + 130, since: NOON + 130, deadline: NOON + 230 });
    at(story, 130).tell(story.due('a'));
    expect(story.token('a')).toMatchObject({ does: 'run', attempt: 2, deadline: NOON + 230 });
  });

  it('a delay that is longer than the time is waited for in full', () => {
    const story = step({ within: 100, retry: { ...TRIES, delayMs: 500 } });
    story.tell(story.failed('a'));
    expect(story.wait('a')).toMatchObject({ dueAt: NOON + 500, deadline: NOON + 600 });
    at(story, 499);
    expect(story.tell(story.due('a')), 'a millisecond too early').toBeNull();
    at(story, 500).tell(story.due('a'));
    expect(story.records.at(-1)).toBe('timer-fired a');
  });

  it('a request that is not answered in time asks again after the delay, with its time anew, and keeps its correlation id', () => {
    const story = step({ within: 100, retry: TRIES, gate: { for: 'response', request: 'how' } });
    story.tell(story.asked('a', 'theirs'));
    expect(story.wait('a')).toMatchObject({ kind: 'response', dueAt: NOON + 100 });
    at(story, 100).tell(story.due('a'));
    expect(story.records.at(-2)).toBe('step-timed-out a');
    expect(story.wait('a')).toMatchObject({ kind: 'timer', dueAt: NOON + 140, deadline: NOON + 240, does: 'request', correlation: 'theirs' });
    at(story, 140).tell(story.due('a'));
    story.tell(story.asked('a', 'theirs'));
    expect(story.wait('a')).toMatchObject({ address: 'r:theirs', dueAt: NOON + 240 });
  });

  it('an event is waited for again at once: the delay is for what runs', () => {
    const story = step({ within: 100, retry: TRIES, gate: hearing('news') });
    at(story, 100).tell(story.due('a'));
    expect(story.wait('a')).toMatchObject({ kind: 'event', attempt: 2, dueAt: NOON + 240 });
  });

  it('again({ after }) leaves the deadline where it is: nothing has failed', () => {
    const story = at(step({ within: 100, retry: TRIES }), 10);
    story.tell(story.deferred('a', { afterMs: 50 }));
    expect(story.wait('a')).toMatchObject({ dueAt: NOON + 60, deadline: NOON + 100 });
    const late = step({ within: 100, retry: TRIES });
    late.tell(late.deferred('a', { afterMs: 500 }));
    expect(late.wait('a').dueAt, 'it is looked at when its time is over').toBe(NOON + 100);
    at(late, 100).tell(late.due('a'));
    expect(late.records.slice(-3)).toEqual(['timer-set a', 'step-timed-out a', 'timer-set a']);
  });
});

describe('`after` and `within`', () => {
  it('`after` that is longer than `within`: the time is over first, and the body has not run', () => {
    const story = step({ after: 200, within: 100 });
    expect(story.wait('a')).toMatchObject({ kind: 'timer', dueAt: NOON + 100, deadline: NOON + 100 });
    at(story, 100).tell(story.due('a'));
    expect(story.records).toEqual(['process-started', 'timer-set a', 'step-timed-out a', 'process-failed a']);
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: nothing came within the time given (timer)' });
  });

  it('`after` that is shorter runs, with what is left of the time', () => {
    const story = step({ after: 60, within: 100 });
    at(story, 60).tell(story.due('a'));
    expect(story.token('a')).toMatchObject({ does: 'run', deadline: NOON + 100 });
  });

  it('both at the same millisecond: the time is over', () => {
    const story = step({ after: 100, within: 100 });
    at(story, 100).tell(story.due('a'));
    expect(story.status).toBe('failed');
  });

  it('on a task queue the task is ready after `after`, and due at the end of the time', () => {
    const story = step({ after: 60, within: 100, queue: 'q' });
    expect(story.wait('a')).toMatchObject({ kind: 'task', readyAt: NOON + 60, dueAt: NOON + 100 });
    expect(story.last.records[1]).toMatchObject({ type: 'task-queued', detail: `q, from ${new Date(NOON + 60).toISOString()}` });
  });

  it('a person who retries gives both anew', () => {
    const story = step({ after: 200, within: 100 });
    at(story, 100).tell(story.due('a'));
    at(story, 1000).tell({ type: 'retried' });
    expect(story.process.status).toBe('running');
    expect(story.token('a')).toMatchObject({ since: NOON + 1000, deadline: NOON + 1100, attempt: 2, forgiven: 1 });
  });
});

describe('`completeBy` with others', () => {
  it('comes before a later try, and the step is complete without it', () => {
    const story = step({ completeBy: 100, retry: { ...TRIES, delayMs: 500 } });
    story.tell(story.failed('a'));
    expect(story.wait('a').dueAt).toBe(NOON + 100);
    at(story, 100).tell(story.due('a'));
    expect(story.status).toBe('completed');
    expect(story.last.records.find(({ type }) => type === 'step-completed')).toMatchObject({ detail: 'its completeBy has come' });
  });

  it('before `within` completes, and after it times out', () => {
    const early = step({ completeBy: 50, within: 100, retry: { ...TRIES, delayMs: 500 } });
    early.tell(early.deferred('a', { afterMs: 500 }));
    at(early, 50).tell(early.due('a'));
    expect(early.status).toBe('completed');
    const late = step({ completeBy: 100, within: 50 });
    late.tell(late.deferred('a', { afterMs: 500 }));
    expect(late.wait('a').dueAt).toBe(NOON + 50);
    at(late, 50).tell(late.due('a'));
    expect(late.status).toBe('failed');
  });

  it('that is not later than the moment the body may run at lets it run on its queue', () => {
    const story = step({ completeBy: 100, after: 100, queue: 'q' });
    expect(story.wait('a')).toMatchObject({ kind: 'task', readyAt: NOON + 100 });
    const later = step({ completeBy: 100, after: 101, queue: 'q' });
    expect(later.wait('a')).toMatchObject({ kind: 'timer', dueAt: NOON + 100 });
  });
});

describe('long times', () => {
  it.each([24 * DAY, 25 * DAY, 400 * DAY])('%i ms are kept to the millisecond', (ms) => {
    const story = step({ after: ms + 1 });
    expect(story.wait('a').dueAt).toBe(NOON + ms + 1);
    at(story, ms);
    expect(story.tell(story.due('a'))).toBeNull();
    at(story, ms + 1).tell(story.due('a'));
    expect(story.active).toEqual(['a']);
    expect(story.changes[0]!.records[1]!.detail).toBe(new Date(NOON + ms + 1).toISOString());
  });
});

describe('a moment that cannot be told', () => {
  it.each([
    ['within', { within: 'asked' as const }, 'a: within: no', NOON + 100],
    ['completeBy', { completeBy: 'asked' as const }, 'a: completeBy: no', NOON + 100],
    ['after', { after: 'asked' as const }, 'a: after: no', NOON + 70],
  ])('of `%s` fails the step before its body, and a retry asks again', (what, given, cause, overdueAt) => {
    let answer: number | FactError = new FactError(`${what}: no`);
    const story = new Story(aDefinition([aStepNode('a', { ...given, overdue: 70 })]), { [what]: () => answer });
    expect(story.process).toMatchObject({ status: 'failed', cause });
    answer = NOON + 500;
    story.now += 30;
    story.tell({ type: 'retried' });
    expect(story.process.status).not.toBe('failed');
    const watching = story.waits.filter(({ does, kind }) => does === 'remind' && kind === 'timer');
    expect(watching, 'the reminder is set once').toMatchObject([{ key: '0~o1', dueAt: overdueAt }]);
  });

  it('of a stage fails the stage', () => {
    const nodes = [aStage('s', 'a', { within: 'asked' }), aStepNode('a', { next: [] })];
    expect(new Story(aDefinition(nodes), { within: () => new FactError('no') }).process).toMatchObject({ status: 'failed', cause: 's: no' });
  });

  it('of `overdue` is noted, and the step goes on', () => {
    const story = new Story(aDefinition([aStepNode('a', { overdue: 'asked' })]), { overdue: () => new FactError('no') });
    expect(story.last.records).toMatchObject([{ type: 'process-started' }, { type: 'note', step: 'a', run: 1, error: 'overdue: no' }]);
    expect(story.active).toEqual(['a']);
    const known = new Story(aDefinition([aStepNode('a', { overdue: 'asked' })]), { overdue: () => NOON + 7 });
    expect(known.waits).toMatchObject([{ kind: 'timer', dueAt: NOON + 7, does: 'remind' }]);
  });

  it('of `since` fails the wait for its event', () => {
    const gate = hearing('news', { since: true });
    expect(new Story(aDefinition([aStepNode('a', { gate })]), { since: () => new FactError('no') }).status).toBe('failed');
    expect(new Story(aDefinition([aStepNode('a', { gate })]), { since: () => 7 }).wait('a')).toMatchObject({ from: 7 });
    expect(new Story(aDefinition([aStepNode('a', { gate: hearing('news') })])).wait('a')).not.toHaveProperty('from');
  });
});

describe('what waits without a limit', () => {
  it.each([
    ['an event', { gate: hearing('news') }],
    ['an input', { gate: { for: 'input' as const } }],
    ['a condition', { when: true }],
    ['a task', { queue: 'q' }],
  ])('%s is never due', (_what, given) => {
    const story = new Story(aDefinition([aStepNode('a', given)]), { holds: () => false });
    expect(story.wait('a').dueAt).toBeNull();
    at(story, 400 * DAY);
    expect(story.tell(story.due('a'))).toBeNull();
  });

  it('a request and a child, too', () => {
    const story = step({ gate: { for: 'response', request: 'how' } });
    story.tell(story.asked('a'));
    expect(story.wait('a').dueAt).toBeNull();
    const parent = step({ gate: { for: 'child', workflow: 'other', detached: false, onParentCancel: 'cancel' } });
    parent.tell({ type: 'child-requested', ...parent.speaker('a'), values: {} });
    expect(parent.wait('a').dueAt).toBeNull();
  });
});

describe('a stage entered twice', () => {
  const twice = () =>
    new Story(aDefinition([aStage('s', 'a', { within: 100, overdue: 70, next: ['b'] }), aStepNode('a', { next: [] }), aStepNode('b', { next: ['s', 'end'] })]));

  it('has its time anew, and nothing of the first time', () => {
    const story = twice();
    const old = { type: 'came-due', key: story.waits.find(({ key }) => key.includes('~d'))!.key, run: 1 } as const;
    at(story, 80)
      .do('a')
      .tell(story.succeeded('b', { branch: 's' }));
    expect(story.waits.map(({ key, dueAt }) => `${key} ${dueAt! - NOON}`).sort()).toEqual(['0~d4 180', '0~o4 150']);
    at(story, 120);
    expect(story.tell(old)).toBeNull();
    const timer = story.waits.find(({ key }) => key === '0~d4')!;
    at(story, 180).tell({ type: 'came-due', key: timer.key, run: timer.run });
    expect(story.process).toMatchObject({ status: 'failed', cause: 's: it took longer than its within' });
    expect(story.last.waits.delete, 'its timer is gone').toContain('0~d4');
  });
});

describe('an early message', () => {
  it('repeated is a duplicate, with another body a conflict, and for a process that has ended it is late', () => {
    const message = (given = {}) => aMessage('m', { address: 'e:news:g', ...given });
    const heard = aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news') });
    const story = new Story(aDefinition([aStepNode('a', { after: 10 }), heard]));
    const tell = (given = {}) => story.tell({ type: 'event-received', node: 'heard', message: message(given) });
    tell();
    tell();
    tell({ body: { other: true }, digest: 'other' });
    expect(story.records.slice(-3)).toEqual(['message-delivered heard', 'message-duplicate', 'message-conflict']);
    story.tell({ type: 'cancelled', why: 'enough' });
    tell();
    expect(story.records.at(-1)).toBe('message-duplicate');
    story.tell({ type: 'event-received', node: 'heard', message: message({ id: 'n', identity: 'n' }) });
    expect(story.records.at(-1)).toBe('message-late');
  });
});
