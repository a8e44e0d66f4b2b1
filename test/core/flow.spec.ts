import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import { placesAt } from '../../lib/core/moves.js';
import { aDefinition, aFork, aLine, aStepNode, NOON, NOTHING, hearing } from './builders.js';
import { Story } from './story.js';

const HOUR = 3_600_000;

describe('steps one after the other', () => {
  it('n steps make n + 1 versions and n + 2 records, and complete the process', () => {
    const story = new Story(aLine('a', 'b', 'c')).do('a', 'b', 'c');
    expect(story.status).toBe('completed');
    expect(story.process.contextVersion).toBe(4);
    expect(story.records).toEqual(['process-started', 'step-completed a', 'step-completed b', 'step-completed c', 'process-completed']);
    expect(story.process).toMatchObject({ worker: null, tokens: [], finishedAt: NOON });
  });

  it('an empty patch makes a version too', () => {
    const change = new Story(aLine('a', 'b')).do('a').last;
    expect(change.versions).toMatchObject([{ version: 2, step: 'a', patch: {}, removed: [], moves: [['0', 'b']] }]);
  });

  it('each visit has a run of its own, also in a loop', () => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['b'] }), aStepNode('b', { next: ['a', 'end'] })])).do('a');
    const first = story.succeeded('b', { branch: 'a' });
    story.tell(first);
    expect(story.token('a').run).toBe(3);
    story.do('a');
    expect(story.tell(first), 'the first time round is over').toBeNull();
    story.tell(story.succeeded('b', { branch: 'end' }));
    expect(story.status).toBe('completed');
  });

  it('a decision goes where its body says, and the record tells', () => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['b', 'c'] }), aStepNode('b'), aStepNode('c')]));
    story.tell(story.succeeded('a', { branch: 'c' }));
    expect(story.active).toEqual(['c']);
    expect(story.last.records[0]!.detail).toBe('c');
  });

  it('a process that is born finished is complete at once', () => {
    const story = new Story(aDefinition([aStepNode('a')], { completesEarly: true }), { completes: () => true });
    expect(story.status).toBe('completed');
    expect(story.records).toEqual(['process-started', 'process-completed']);
  });
});

describe('a fork', () => {
  const letters = () => aDefinition([aFork('all', ['a', 'b', 'c'], ['d']), ...['a', 'b', 'c'].map((name) => aStepNode(name, { next: [] })), aStepNode('d')]);
  const orders = [['a', 'b', 'c'], ['a', 'c', 'b'], ['b', 'a', 'c'], ['b', 'c', 'a'], ['c', 'a', 'b'], ['c', 'b', 'a']]; // prettier-ignore

  it.each(orders)('joins once, when the last has ended: %s %s %s', (...order) => {
    const story = new Story(letters());
    expect(story.active).toEqual(['a', 'b', 'c']);
    for (const [i, name] of order.entries()) {
      expect(story.active).not.toContain('d');
      story.do(name);
      expect(story.active.length).toBe(i === 2 ? 1 : 2 - i);
    }
    expect(story.active).toEqual(['d']);
    expect(story.records.filter((record) => record === 'step-completed d')).toEqual([]);
    story.do('d');
    expect(story.status).toBe('completed');
    expect(story.records.filter((record) => record === 'process-completed')).toHaveLength(1);
  });

  it('one step is enough for a group', () => {
    const story = new Story(aDefinition([aFork('all', ['a'], ['b']), aStepNode('a', { next: [] }), aStepNode('b')])).do('a');
    expect(story.active).toEqual(['b']);
  });

  it('nests: the inner join is a step of the outer branch', () => {
    const nodes = [aFork('outer', ['a', 'inner'], ['z']), aStepNode('a', { next: [] }), aFork('inner', ['b', 'c'], ['d']), ...['b', 'c', 'd'].map((name) => aStepNode(name, { next: [] })), aStepNode('z')]; // prettier-ignore
    const story = new Story(aDefinition(nodes)).do('c', 'b');
    expect(story.active).toEqual(['a', 'd']);
    story.do('d');
    expect(story.active).toEqual(['a']);
    story.do('a');
    expect(story.active).toEqual(['z']);
    expect(story.process.tokens).toHaveLength(1);
  });

  it('a fork as the last thing in a fork ends both joins at once', () => {
    const nodes = [aFork('outer', ['inner'], ['end']), aFork('inner', ['a', 'b'], []), aStepNode('a', { next: [] }), aStepNode('b', { next: [] })];
    expect(new Story(aDefinition(nodes)).do('a', 'b').status).toBe('completed');
  });

  it('two branches told in one drain are decided one after the other', () => {
    const story = new Story(letters());
    const both = [story.succeeded('a'), story.succeeded('b')];
    for (const event of both) expect(story.tell(event)).not.toBeNull();
    for (const event of both) expect(story.tell(event)).toBeNull();
    expect(story.active).toEqual(['c']);
  });

  it('goes round in a loop with fresh branches', () => {
    const story = new Story(
      aDefinition([
        aFork('all', ['a', 'b'], ['more']),
        aStepNode('a', { next: [] }),
        aStepNode('b', { next: [] }),
        aStepNode('more', { next: ['all', 'end'] }),
      ]),
    );
    story.do('a', 'b').tell(story.succeeded('more', { branch: 'all' }));
    story.do('b', 'a').tell(story.succeeded('more', { branch: 'end' }));
    expect(story.status).toBe('completed');
  });
});

describe('a condition', () => {
  const line = () =>
    aDefinition([aFork('all', ['a', 'b'], ['end']), aStepNode('a', { next: ['a2'] }), aStepNode('a2', { next: [] }), aStepNode('b', { next: [], when: true })]);

  it('is looked at before anything else, and again after each version', () => {
    let holds = false;
    const story = new Story(line(), { holds: () => holds });
    expect(story.waiting).toEqual(['b: condition']);
    const { run } = story.wait('b');
    story.do('a');
    expect(story.active).toEqual(['a2']);
    holds = true;
    story.do('a2');
    expect(story.active).toEqual(['b']);
    expect(story.token('b').run, 'the same visit').toBe(run);
    expect(story.waiting).toEqual([]);
    expect(story.records.filter((record) => record === 'condition-awaited b')).toHaveLength(1);
  });

  it('is not looked at where no version came', () => {
    let asked = 0;
    const story = new Story(line(), { holds: () => (asked++, false) });
    const before = asked;
    story.tell({ type: 'suspended' });
    story.tell({ type: 'resumed' });
    story.tell(story.failed('a'));
    expect(asked).toBe(before);
  });

  it('asks for nothing before it holds', () => {
    let holds = false;
    const story = new Story(
      aDefinition([aFork('all', ['a', 'b']), aStepNode('a', { next: [] }), aStepNode('b', { next: [], when: true, gate: hearing('news') })]),
      { holds: () => holds },
    );
    expect(story.waiting).toEqual(['b: condition']);
    holds = true;
    story.do('a');
    expect(story.waiting).toEqual(['b: event']);
  });

  it('that cannot be told fails the process, with the reason', () => {
    const story = new Story(aDefinition([aStepNode('a', { when: true, required: false })]), { holds: () => new FactError('when threw: oh') });
    expect(story.status).toBe('failed');
    expect(story.process.cause).toBe('a: when threw: oh');
    expect(story.records).toEqual(['process-started', 'process-failed a']);
  });

  it('that could not be told is asked again by a retry, and not skipped', () => {
    let answer: boolean | FactError = new FactError('when threw: oh');
    const story = new Story(aDefinition([aStepNode('a', { when: true })]), { holds: () => answer });
    answer = false;
    story.tell({ type: 'retried' });
    expect(story.waiting).toEqual(['a: condition']);
    expect(story.active).toEqual([]);
  });

  it('that still cannot be told fails again', () => {
    const story = new Story(aDefinition([aStepNode('a', { when: true })]), { holds: () => new FactError('when threw: oh') });
    story.tell({ type: 'retried' });
    expect(story.status).toBe('failed');
    expect(story.token('a')).toMatchObject({ run: 1, attempt: 2, fault: 'when threw: oh' });
  });

  it('that did not come true in time fails for good, and a retry waits for it again', () => {
    const story = new Story(
      aDefinition([aStepNode('a', { when: true, within: HOUR, retry: { attempts: 5, delayMs: 0, backoff: 'fixed', maxDelayMs: HOUR, jitter: false } })]),
      { holds: () => false },
    );
    story.wake('a');
    expect(story.status).toBe('failed');
    expect(story.process.cause).toBe('a: nothing came within the time given (condition)');
    story.tell({ type: 'retried' });
    expect(story.waiting).toEqual(['a: condition']);
    expect(story.wait('a').dueAt).toBe(story.now + HOUR);
  });
});

describe('a time', () => {
  it('is waited for, and then the step runs', () => {
    const story = new Story(aDefinition([aStepNode('a', { after: HOUR })]));
    expect(story.waiting).toEqual(['a: timer']);
    expect(story.process).toMatchObject({ status: 'waiting', worker: null });
    story.now += HOUR - 1;
    expect(story.tell(story.due('a')), 'too early').toBeNull();
    story.wake('a');
    expect(story.active).toEqual(['a']);
    expect(story.records).toEqual(['process-started', 'timer-set a', 'timer-fired a']);
    expect(story.tell(story.due('a')), 'twice').toBeNull();
  });

  it('of another visit is not this one’s', () => {
    const story = new Story(aDefinition([aStepNode('a', { after: HOUR, next: ['b'] }), aStepNode('b', { next: ['a', 'end'] })]));
    const first = story.due('a');
    story
      .wake('a')
      .do('a')
      .tell(story.succeeded('b', { branch: 'a' }));
    story.now += HOUR;
    expect(story.tell(first)).toBeNull();
    expect(story.tell(story.due('a'))).not.toBeNull();
  });

  it.each([
    ['past', NOON - 1],
    ['now', NOON],
  ])('that is %s is not waited for', (_when, at) => {
    expect(new Story(aDefinition([aStepNode('a', { after: 'asked' })]), { after: () => at }).active).toEqual(['a']);
  });

  it('that the context tells is asked when the step is entered', () => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['b'] }), aStepNode('b', { after: 'asked' })]), { after: (_node, now) => now + 7 }).do('a');
    expect(story.wait('b').dueAt).toBe(NOON + 7);
  });

  it('that cannot be told fails the process, and is asked again by a retry', () => {
    let at: number | FactError = new FactError('after threw: oh');
    const story = new Story(aDefinition([aStepNode('a', { after: 'asked' })]), { after: () => at });
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: after threw: oh' });
    at = NOON + HOUR;
    story.tell({ type: 'retried' });
    expect(story.waiting).toEqual(['a: timer']);
  });

  it('that has come stays come: a failed body does not wait for it again', () => {
    const story = new Story(aDefinition([aStepNode('a', { after: HOUR })])).wake('a');
    story.tell(story.failed('a'));
    story.tell({ type: 'retried' });
    expect(story.active).toEqual(['a']);
  });

  it('a deadline that cannot be told fails the process before it asks for anything', () => {
    let at: number | FactError = new FactError('within threw: oh');
    const story = new Story(aDefinition([aStepNode('a', { gate: hearing('news'), within: 'asked' })]), { within: () => at });
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: within threw: oh' });
    at = NOON + HOUR;
    story.tell({ type: 'retried' });
    expect(story.wait('a')).toMatchObject({ kind: 'event', dueAt: NOON + HOUR, run: 1 });
  });
});

describe('an early end', () => {
  const early = () =>
    aDefinition([aFork('all', ['a', 'b'], ['end']), aStepNode('a', { next: [] }), aStepNode('b', { next: [] }), heard], { completesEarly: true });
  const heard = aStepNode('heard', { next: [], unsolicited: true, gate: hearing('news') });

  it('is asked for after each version, and ends all that runs and waits', () => {
    let closed = false;
    const story = new Story(early(), { completes: () => closed });
    const late = story.succeeded('b');
    closed = true;
    story.do('a');
    expect(story.status).toBe('completed');
    expect(story.tell(late)).toBeNull();
  });

  it('does not come before an accepted event has been handled', () => {
    let closed = false;
    const story = new Story(early(), { completes: () => closed });
    story.tell(story.event('heard'));
    closed = true;
    story.do('a');
    expect(story.status, 'the event waits').toBe('running');
    story.do('heard');
    expect(story.status).toBe('completed');
  });

  it('comes after the event was declined, which makes no version', () => {
    let closed = false;
    const story = new Story(early(), { completes: () => closed });
    story.tell(story.event('heard'));
    closed = true;
    story.do('a').tell(story.deferred('heard'));
    expect(story.status).toBe('completed');
  });

  it('that cannot be told suspends the process with its reason, and a person lets it go on', () => {
    const story = new Story(early(), { completes: () => false });
    story.facts = { ...story.facts, completes: () => new FactError('completeWhen threw: oh') };
    story.do('a');
    expect(story.process).toMatchObject({ status: 'suspended', cause: 'completeWhen threw: oh' });
    expect(story.last.records.map(({ type, error }) => [type, error])).toEqual([['step-completed', null], ['process-suspended', 'completeWhen threw: oh']]); // prettier-ignore
    story.facts = { ...story.facts, completes: () => true };
    story.tell({ type: 'resumed' });
    story.do('b');
    expect(story.status).toBe('completed');
  });
});

describe('versions and moves', () => {
  it('a restart finds every token at every version', () => {
    const story = new Story(
      aDefinition([
        aStepNode('a', { next: ['all'] }),
        aFork('all', ['b', 'c'], ['d']),
        aStepNode('b', { next: [] }),
        aStepNode('c', { next: [] }),
        aStepNode('d'),
      ]),
    );
    story.do('a', 'c', 'b', 'd');
    const at = (version: number) => Object.fromEntries([...placesAt(story.book.moves.slice(0, version))].map(([key, { node }]) => [key, node]));
    expect(at(1)).toEqual({ 0: 'a' });
    expect(at(2)).toEqual({ 0: 'all', '0/0': 'b', '0/1': 'c' });
    expect(at(3)).toEqual({ 0: 'all', '0/0': 'b' });
    expect(at(4)).toEqual({ 0: 'd' });
    expect(at(5)).toEqual({});
  });

  it('a snapshot is taken where the facts give one', () => {
    const story = new Story(aLine('a', 'b'));
    story.facts = { ...story.facts, snapshot: () => ({ all: 1 }) };
    story.do('a');
    expect(story.last.versions[0]!.snapshot).toEqual({ all: 1 });
    expect(story.process.snapshotVersion).toBe(2);
    expect(NOTHING.remove).toEqual([]);
  });
});
