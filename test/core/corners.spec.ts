/** Small things that a mutation run found without a test. */
import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import { aChoice, aDefinition, aFork, aMessage, anEach, aRace, aStage, aStepNode, hearing, NOON, NOTHING, ONCE } from './builders.js';
import { Story } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const types = (story: Story) => story.last.records.map(({ type }) => type);

describe('a restart', () => {
  it('notes which stages it brought back, so that a later undo covers what was done in them', () => {
    const story = new Story(aDefinition([aStage('s', 'a', { within: 100 }), loose('a', { next: ['b'] }), loose('b')])).do('a');
    story.now += 10;
    story.tell(story.restart(2));
    expect(story.last.versions[0]).toMatchObject({ undo: { restarted: { '1': ['0', 1] } } });
    expect(story.waits).toMatchObject([{ key: expect.stringMatching(/^1~d/), dueAt: NOON + 110 }]);
    expect(story.token('s')).toMatchObject({ key: '1', attempt: 1, open: 1, deadline: NOON + 110 });
    const without = new Story(aDefinition([aStepNode('a')]));
    without.tell(without.restart(1));
    expect(without.last.versions[0]).not.toHaveProperty('undo');
  });

  it('brings a finished process back, and one that was suspended', () => {
    for (const ended of [{ type: 'cancelled' }, { type: 'suspended' }] as const) {
      const story = new Story(aDefinition([aStepNode('a')]));
      story.tell(ended);
      story.tell(story.restart(1));
      expect(story.process).toMatchObject({ status: 'running', finishedAt: null, cause: null });
    }
  });

  it('to a version at which the flow was over lets it be over', () => {
    const heard = loose('heard', { unsolicited: true, gate: hearing('news') });
    const story = new Story(aDefinition([aStepNode('a'), heard]));
    story.tell(story.event('heard'));
    story.do('a');
    expect(story.tokens.find(({ does }) => does === 'over')).toEqual({ key: '0', node: 'end', run: 0, does: 'over', attempt: 1, since: NOON });
    story.tell(story.restart(2));
    expect(story.tokens.map(({ key, does }) => `${key} ${does}`).sort()).toEqual(['1 over', 'e2 run']);
    expect(story.last.versions[0]!.moves).toEqual([['1']]);
    expect(story.do('heard').status).toBe('completed');
  });
});

describe('a choice', () => {
  it('records what it skips only where it skips something', () => {
    const of = (given: object, test: boolean) =>
      new Story(aDefinition([{ ...aChoice('if', 'a', 'b'), ...given }, aStepNode('a'), aStepNode('b')]), { test: () => test });
    expect(types(of({ skips: 'a' }, true))).toEqual(['process-started']);
    expect(types(of({}, false))).toEqual(['process-started']);
    expect(types(of({ skips: 'a' }, false))).toEqual(['process-started', 'step-skipped']);
  });
});

describe('the key of an event from the context', () => {
  const nodes = aDefinition([
    aFork('both', ['a', 'paid']),
    loose('a', { gate: hearing('more') }),
    loose('paid', { within: 100, gate: hearing('paid', { keyed: true }) }),
  ]);

  it('that has not changed is waited for as before; one that has is waited for until the same moment, and the record says why', () => {
    const story = new Story(nodes, { key: () => 'one' });
    story.tell(story.answer('a'));
    story.now += 20;
    story.tell(story.deferred('a', { afterMs: 5, patch: NOTHING }));
    expect(types(story)).toEqual(['step-deferred', 'timer-set']);
    story.facts = { ...story.facts, key: () => 'two' };
    story.wake('a').tell(story.deferred('a', { afterMs: 5, patch: NOTHING }));
    expect(story.wait('paid')).toMatchObject({ address: 'e:paid:two', dueAt: NOON + 100 });
    expect(story.last.records.at(-1)).toMatchObject({ type: 'event-awaited', step: 'paid', detail: 'paid', reason: 'the value of its key has changed' });
    const unlimited = new Story(aDefinition([aFork('both', ['a', 'paid']), loose('a'), loose('paid', { gate: hearing('paid', { keyed: true }) })]), {
      key: () => 'one',
    });
    unlimited.facts = { ...unlimited.facts, key: () => 'two' };
    unlimited.do('a');
    expect(unlimited.wait('paid').dueAt).toBeNull();
  });
});

describe('what fails', () => {
  it('as an event follows no rule of the workflow: a person looks at it', () => {
    const heard = loose('heard', { unsolicited: true, gate: hearing('news') });
    const story = new Story(aDefinition([aStepNode('a', { after: 10 }), heard], { onError: 'cancel' }));
    story.tell(story.event('heard'));
    story.tell(story.failed('heard'));
    expect(story.status).toBe('failed');
  });

  it('as a whole stage is undone as a whole', () => {
    const story = new Story(
      aDefinition([aStage('s', 'a', { within: 100, onError: 'compensate', required: false }), loose('a', { gate: hearing('news') })]),
    ).wake('s');
    expect(story.tokens).toMatchObject([
      { does: 'branches', node: 's' },
      { does: 'undo', undo: { under: '0', ending: 'skip' } },
    ]);
    const { key, run, attempt } = story.tokens[1]!;
    story.tell({ type: 'all-undone', key, run, attempt, claim: story.process.claim });
    expect(story.last.records[0]).toMatchObject({ type: 'step-skipped', step: 's', reason: 'what was done in it has been undone' });
    expect(story.status).toBe('completed');
  });

  it('as a step and goes on elsewhere leaves all others alone', () => {
    const story = new Story(aDefinition([aStepNode('a', { onError: { next: 'z' } }), aStepNode('z')]));
    story.tell(story.failed('a'));
    expect(story.last.waits).toEqual({ clear: false, kill: [], delete: [], put: [] });
    expect(story.last.versions[0]).toMatchObject({ patch: {}, removed: [] });
  });

  it('as a stage at the end of a branch says nothing of where it goes on', () => {
    const nodes = [aFork('both', ['s', 'b']), aStage('s', 'a', { next: [], required: false }), loose('a'), loose('b')];
    const story = new Story(aDefinition(nodes));
    story.tell(story.failed('a'));
    expect(story.last.records.at(-1)).toMatchObject({ type: 'step-skipped', step: 's', reason: null });
  });

  it('as the loser of a race is passed over, with its reminder', () => {
    const nodes = [aRace('race', ['a', 'b'], 'finish', ['z']), loose('a'), loose('b', { overdue: 50 }), aStepNode('z')];
    const story = new Story(aDefinition(nodes)).do('a');
    expect(story.waits).toHaveLength(1);
    story.tell(story.failed('b'));
    expect(story.waits).toEqual([]);
    expect(story.last.records.at(-1)).toMatchObject({ type: 'step-skipped', step: 'b', reason: 'its fork has gone on without it', error: 'Error: no' });
  });
});

describe('a task under way when everything is undone', () => {
  it('ends where it is when its worker is lost and a person skips it', () => {
    const story = new Story(aDefinition([aFork('both', ['a', 'b']), loose('a', { queue: 'q', compensates: true }), loose('b')])).take('a', 't');
    story.tell({ type: 'cancelled', compensate: true });
    expect(story.tokens.find(({ does }) => does === 'undo')).toMatchObject({ open: 2 });
    story.tell(story.taskLost('a'));
    const { key, run } = story.wait('a');
    story.tell({ type: 'skipped', key, run, patch: NOTHING });
    expect(story.tokens.find(({ does }) => does === 'undo')).toMatchObject({ open: 1 });
    expect(story.waits).toEqual([]);
  });
});

describe('an event that leads elsewhere', () => {
  it('leaves what listens beside the flow as it is', () => {
    const again = loose('again', { gate: hearing('news', { reprocess: true }), next: ['b'] });
    const turn = loose('turn', { unsolicited: true, next: ['b'], gate: hearing('turn') });
    const story = new Story(aDefinition([{ ...again, next: ['b'] }, aStepNode('b', { after: 10 }), turn]));
    story.tell(story.answer('again'));
    story.do('again');
    const listening = () => story.waits.filter(({ kind }) => kind === 'listener').map(({ key, node }) => `${key} ${node}`);
    const before = listening();
    expect(before).toHaveLength(1);
    story.tell(story.event('turn', 't'));
    story.do('turn');
    expect(listening()).toEqual(before);
  });
});

describe('undoing', () => {
  const undoing = (given = {}) => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true, next: ['b'], undo: { retry: { ...ONCE, attempts: 3, delayMs: 40 } } }), aStepNode('b', { after: 5 })], given)).do('a');
    story.tell({ type: 'cancelled', compensate: true, why: 'enough' });
    const speak = () => {
      const { key, run, attempt } = story.tokens[0]!;
      return { key, run, attempt, claim: story.process.claim, undoes: { step: 'a', run: 1 } };
    };
    return { story, speak };
  }; // prettier-ignore

  it('again() waits for a second, keeps its state and its patch, and names the step', () => {
    const { story, speak } = undoing();
    story.tell({ type: 'step-deferred', ...speak(), state: 7, patch: { set: { tried: 1 }, remove: [] } });
    expect(story.last.records).toMatchObject([
      { type: 'step-deferred', step: 'a' },
      { type: 'timer-set', step: 'a', detail: new Date(NOON + 1000).toISOString() },
    ]);
    expect(story.last.versions).toMatchObject([{ step: 'a', patch: { tried: 1 } }]);
    expect(story.waits).toMatchObject([{ kind: 'timer', dueAt: NOON + 1000, tried: { step: 'a', run: 1, failed: 0, state: 7 } }]);
  });

  it('that failed says when it is tried again, and what came of it so far', () => {
    const { story, speak } = undoing();
    story.tell({ type: 'step-failed', ...speak(), error: 'x'.repeat(300), permanent: false });
    expect(story.last.records).toMatchObject([
      { type: 'step-failed', step: 'a' },
      { type: 'timer-set', step: 'a', detail: new Date(NOON + 40).toISOString() },
    ]);
    expect(story.waits[0]).toMatchObject({ dueAt: NOON + 40, attempt: 2, tried: { failed: 1, error: 'x'.repeat(200) } });
    story.now += 40;
    story.tell({ type: 'came-due', key: story.waits[0]!.key, run: story.waits[0]!.run });
    expect(story.last.records).toMatchObject([{ type: 'timer-fired', step: 'a' }]);
    story.tell({ type: 'visit-undone', ...speak(), step: 'a', undone: 1, patch: NOTHING });
    expect(story.tokens[0]).toMatchObject({ undone: 1, attempt: 3 });
    expect(story.tokens[0]).not.toHaveProperty('tried');
    expect(story.last.records).toMatchObject([{ type: 'step-compensated', step: 'a', run: 1 }]);
  });
});

describe('the record of a cancelled process', () => {
  it('has the reason of a person, and an error only if that was the cause', () => {
    const story = new Story(aDefinition([aStepNode('a', { onError: 'cancel' })]));
    const failed = new Story(story.definition);
    story.tell({ type: 'cancelled', why: 'enough' });
    failed.tell(failed.failed('a'));
    expect(story.last.records).toMatchObject([{ type: 'process-cancelled', reason: 'enough', error: null }]);
    expect(failed.last.records.at(-1)).toMatchObject({ type: 'process-cancelled', reason: null, error: 'a: Error: no' });
  });
});

describe('tokens', () => {
  it('that hold branches, and reminders, are at their first attempt since they came', () => {
    const story = new Story(
      aDefinition([aStepNode('first', { next: ['both'] }), aFork('both', ['a', 'b']), loose('a', { overdue: 50, gate: hearing('news') }), loose('b')]),
    );
    story.now += 7;
    story.do('first');
    expect(story.token('both')).toEqual({ key: '0', node: 'both', run: 2, does: 'branches', attempt: 1, since: NOON + 7, open: 2, previous: 2 });
    const timer = story.book.waits.get('0/0~o3')!;
    expect(timer.token).toEqual({ key: '0/0~o3', node: 'a', run: 3, does: 'remind', attempt: 1, since: NOON + 7, previous: 2 });
  });

  it('that came while the process stood still may begin after a resume, and are bodies like any other', () => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['b'] }), aStepNode('b')]));
    story.tell({ type: 'suspended' });
    story.do('a');
    expect(story.token('b')).toMatchObject({ idle: true });
    story.tell({ type: 'resumed' });
    expect(story.token('b')).not.toHaveProperty('idle');
    story.tell({ type: 'cancelled', compensate: true });
    expect(
      story.tokens.find(({ does }) => does === 'undo'),
      'it is waited for',
    ).toMatchObject({ open: 1 });
  });
});

describe('an event with a key from the context', () => {
  const keyed = hearing('paid', { keyed: true });

  it('whose key cannot be told fails the step, and a retry asks again', () => {
    let key: string | FactError = new FactError('key: no');
    const story = new Story(aDefinition([aStepNode('a', { gate: keyed })]), { key: () => key });
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: key: no' });
    expect(story.records).not.toContain('event-awaited a');
    key = 'one';
    story.tell({ type: 'retried' });
    expect(story.wait('a').address).toBe('e:paid:one');
  });

  it('whose key cannot be told for another try fails it, though no version is made', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: keyed, within: 100, retry: { ...ONCE, attempts: 2 } })]));
    story.facts = { ...story.facts, key: () => new FactError('key: no') };
    story.wake('a');
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: key: no', contextVersion: 1 });
    expect(story.waits).toEqual([]);
  });

  it('of many items only the first are looked at with every version', () => {
    const items = Array.from({ length: 20 }, (_, i) => i);
    const story = new Story(aDefinition([anEach('each', 'a'), loose('a', { gate: keyed })]), {
      items: () => items,
      key: (_node, { item }) => `${item as number}`,
    });
    expect(story.tokens.filter(({ parked }) => parked === 'event')).toHaveLength(15);
    expect(story.waits).toHaveLength(20);
  });

  it('that a listener cannot tell is asked for again after a migration, by its new name', () => {
    const graph = (name: string, version: number) =>
      aDefinition([aStepNode('a', { gate: hearing('go'), next: [name] }), aStepNode(name, { gate: { ...keyed, skipAhead: true } })], { version });
    const story = new Story(graph('paid', 1), { key: () => new FactError('no') });
    const listener = () => story.tokens.find(({ parked }) => parked === 'listener');
    expect(listener()).toMatchObject({ node: 'paid' });
    Object.assign(story, { definition: graph('settled', 2) });
    story.tell({ type: 'migrated', to: 2, revision: story.process.revision, steps: new Map([['paid', 'settled']]), values: {}, waits: ['0'] });
    expect(listener()).toMatchObject({ node: 'settled' });
  });

  it('that moves the flow ahead says which message did', () => {
    const nodes = [aStepNode('a', { gate: hearing('go'), next: ['b'] }), aStepNode('b', { gate: hearing('news', { skipAhead: true }), overdue: 30 })];
    const story = new Story(aDefinition(nodes));
    const { key, run } = story.waits.find(({ kind }) => kind === 'listener')!;
    story.tell({ type: 'message-received', key, run, message: aMessage('m', { address: 'e:news:g' }) });
    expect(story.last.records).toMatchObject([
      { type: 'step-skipped', step: 'a', reason: 'its turn was passed: the event for "b" came' },
      { type: 'message-delivered', step: 'b', detail: 'm' },
    ]);
    expect(story.token('b')).toMatchObject({ does: 'run', message: 'm', attempt: 1 });
    expect(story.waits.map(({ kind, dueAt }) => `${kind} ${dueAt}`)).toEqual([`timer ${NOON + 30}`]);
  });
});
