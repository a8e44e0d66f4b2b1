/** What fails for good: by which rule, with which words, and what is left of it. */
import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import type { StageNode, StepNode } from '../../lib/definition/graph.js';
import { aChoice, aDefinition, aFork, anEach, aRace, aStage, aStepNode, hearing, NOON, ONCE } from './builders.js';
import { Story } from './story.js';

const ERROR = 'Error: no';
const fail = (story: Story, node: string) => {
  story.tell(story.failed(node));
  return story;
};
const skipped = (story: Story, step: string) => story.last.records.find((record) => record.type === 'step-skipped' && record.step === step);

describe('the rule of a step', () => {
  const failed = (given: Partial<StepNode>) => fail(new Story(aDefinition([aStepNode('a', { next: ['b'], ...given }), aStepNode('b'), aStepNode('z')])), 'a');

  it('another step: the process goes on there, and the record says why', () => {
    const story = failed({ onError: { next: 'z' } });
    expect(story.active).toEqual(['z']);
    expect(skipped(story, 'a')).toMatchObject({ error: ERROR, reason: 'goes on at z' });
  });

  it('not required: it is passed over, with its error', () => {
    const story = failed({ required: false });
    expect(story.active).toEqual(['b']);
    expect(skipped(story, 'a')).toMatchObject({ error: ERROR, reason: null });
  });

  it('suspend: the process waits for a person, with the cause, and gives the step all its tries again', () => {
    const story = failed({ onError: 'suspend', retry: { ...ONCE, attempts: 1 }, within: 100 });
    expect(story.process).toMatchObject({ status: 'suspended', cause: `a: ${ERROR}`, worker: null });
    expect(story.last.records.at(-1)).toMatchObject({ type: 'process-suspended', step: 'a', error: `a: ${ERROR}` });
    expect(story.token('a')).toMatchObject({ attempt: 2, forgiven: 1, since: NOON, deadline: NOON + 100 });
  });

  it('a new attempt begins now', () => {
    const story = new Story(aDefinition([aStepNode('a', { onError: 'suspend' })]));
    story.now += 50;
    expect(fail(story, 'a').token('a')).toMatchObject({ since: NOON + 50 });
  });

  it('cancel: the cause is the error', () => {
    expect(failed({ onError: 'cancel' }).process).toMatchObject({ status: 'cancelled', cause: `a: ${ERROR}` });
  });

  it('compensate: everything is undone, and then cancelled for the error', () => {
    const story = failed({ onError: 'compensate' });
    expect(story.token('').undo).toEqual({ under: null, ending: { cancel: `a: ${ERROR}` } });
    expect(story.last.records.at(-1)).toMatchObject({ type: 'compensation-started', error: `a: ${ERROR}`, step: null });
  });
});

describe('the rule of a stage', () => {
  const failed = (given: Partial<StageNode>, stepGiven: Partial<StepNode> = {}) =>
    fail(
      new Story(aDefinition([aStage('s', 'a', { next: ['b'], ...given }), aStepNode('a', { next: [], ...stepGiven }), aStepNode('b'), aStepNode('z')])),
      'a',
    );

  it('another step', () => {
    const story = failed({ onError: { next: 'z' } });
    expect(story.active).toEqual(['z']);
    expect(skipped(story, 's')).toMatchObject({ error: ERROR, reason: 'goes on at z' });
  });

  it('not required: the process goes on after it', () => {
    const story = failed({ required: false });
    expect(story.active).toEqual(['b']);
    expect(skipped(story, 's')).toMatchObject({ error: ERROR, reason: 'goes on at b' });
  });

  it('compensate: all is undone if it is required, else only what was done in it', () => {
    expect(failed({ onError: 'compensate' }).token('').undo).toEqual({ under: null, ending: { cancel: `a: ${ERROR}` } });
    expect(failed({ onError: 'compensate', required: false }).token('s').does).toBe('branches');
    expect(failed({ onError: 'compensate', required: false }).process.tokens).toMatchObject([{ does: 'branches' }, { does: 'undo', undo: { under: '0', since: 1, ending: 'skip' } }]); // prettier-ignore
  });

  it('suspend: a stage that takes too long waits for a person', () => {
    const story = new Story(aDefinition([aStage('s', 'a', { within: 100, onError: 'suspend' }), aStepNode('a', { next: [] })])).wake('s');
    expect(story.process).toMatchObject({ status: 'suspended', cause: 's: it took longer than its within' });
    expect(story.last.records.at(-1)).toMatchObject({ type: 'process-suspended', step: 's', error: 's: it took longer than its within' });
  });

  it('another step, for one that takes too long', () => {
    const nodes = [aStage('s', 'a', { within: 100, onError: { next: 'z' } }), aStepNode('a', { next: [] }), aStepNode('z')];
    const story = new Story(aDefinition(nodes)).wake('s');
    expect(story.active).toEqual(['z']);
    expect(skipped(story, 's')).toMatchObject({ error: 'it took longer than its within', reason: 'goes on at z' });
  });

  it('that of the workflow, if it has none', () => {
    const nodes = (onError: 'cancel' | { next: string }) =>
      aDefinition([aStage('s', 'a', { within: 100 }), aStepNode('a', { next: [] }), aStepNode('z')], { onError });
    expect(new Story(nodes('cancel')).wake('s').process).toMatchObject({ status: 'cancelled', cause: 's: it took longer than its within' });
    const story = new Story(nodes({ next: 'z' })).wake('s');
    expect(story.active).toEqual(['z']);
    expect(story.process.tokens).toHaveLength(1);
    expect(skipped(story, 's')).toMatchObject({ error: 'it took longer than its within', reason: 'goes on at z' });
  });
});

describe('a branch of a race', () => {
  it('that fails first says that another may still come first', () => {
    const story = fail(new Story(aDefinition([aRace('race', ['a', 'b'], 'cancel', ['z']), aStepNode('a', { next: [], overdue: 50 }), aStepNode('b', { next: [] }), aStepNode('z')])), 'a'); // prettier-ignore
    expect(skipped(story, 'a')).toMatchObject({ error: ERROR, reason: 'another branch may still come first' });
    expect(story.waits, 'its reminder is gone').toEqual([]);
  });
});

describe('the last error', () => {
  it('is kept for the next attempt, cut after 200 characters', () => {
    const story = new Story(aDefinition([aStepNode('a', { retry: { ...ONCE, attempts: 2 } })]));
    story.tell({ ...story.failed('a'), error: 'x'.repeat(300) } as never);
    expect(story.token('a').lastError).toBe('x'.repeat(200));
    expect(story.last.records[0]!.error).toBe('x'.repeat(300));
  });
});

describe('what goes round and round', () => {
  const round = (times: number) => {
    let left = times;
    return new Story(aDefinition([aChoice('again', 'again', 'z'), aStepNode('z')]), { test: () => left-- > 0 });
  };

  it('may pass a node a thousand times in one decision, and no more', () => {
    expect(round(999).active).toEqual(['z']);
    expect(round(1000).process).toMatchObject({ status: 'failed', cause: 'again: it goes round and round without coming to a step' });
  });

  it('is counted for each token: a thousand items pass a choice once each', () => {
    const nodes = [anEach('each', 'choice', { next: ['z'] }), aChoice('choice', 'end', 'end'), aStepNode('z')];
    expect(new Story(aDefinition(nodes), { items: () => Array.from({ length: 1100 }, (_, i) => i) }).active).toEqual(['z']);
  });

  it('is counted for each node: two choices may be passed a thousand times', () => {
    let left = 600;
    const nodes = [aChoice('one', 'two', 'z'), aChoice('two', 'one', 'one'), aStepNode('z')];
    expect(new Story(aDefinition(nodes), { test: (node) => node === 'two' || left-- > 0 }).active).toEqual(['z']);
  });
});

describe('a retry by a person', () => {
  it('forgets the deaths in the visit, and what was blamed on it', () => {
    const story = new Story(aDefinition([aStepNode('a')]));
    for (let i = 0; i < 7; i++) {
      story.tell({ type: 'suspect-began', ...story.speaker('a') });
      story.tell({ type: 'worker-lost', worker: 'w', by: 'w' });
    }
    expect(story.token('a')).toMatchObject({ crashes: 7, blamed: 4, fault: expect.stringContaining('crashed') });
    story.tell({ type: 'retried' });
    for (const gone of ['crashes', 'blamed', 'fault']) expect(story.token('a')).not.toHaveProperty(gone);
    expect(story.token('a')).toMatchObject({ attempt: 9, forgiven: 8 });
  });

  it('of an undo that has failed counts on, and gives it its tries again', () => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true, next: ['b'], undo: { retry: ONCE } }), aStepNode('b')])).do('a');
    story.tell({ type: 'cancelled', compensate: true });
    story.do('b');
    const { key, run, attempt } = story.process.tokens[0]!;
    story.tell({ type: 'step-failed', key, run, attempt, claim: story.process.claim, undoes: { step: 'a', run: 1 }, error: ERROR, permanent: false });
    expect(story.process.tokens[0]).toMatchObject({ fault: ERROR, attempt: 1, tried: { failed: 1 } });
    story.tell({ type: 'retried' });
    expect(story.process.tokens[0]).toMatchObject({ attempt: 2, tried: { step: 'a', failed: 0 } });
  });

  it('names the step it is for', () => {
    const story = fail(new Story(aDefinition([aStepNode('a')])), 'a');
    story.tell({ type: 'retried', step: 'a' });
    expect(story.last.records[0]).toMatchObject({ type: 'process-retried', step: 'a' });
  });

  it('of a list that could not be told asks for it again, and keeps the item it was about', () => {
    let inner: FactError | number[] = new FactError('no list');
    const nodes = [anEach('each', 'inner'), anEach('inner', 'a', { next: [] }), aStepNode('a', { next: [] })];
    const story = new Story(aDefinition(nodes), { items: (node) => (node === 'each' ? ['x'] : inner) });
    expect(story.process).toMatchObject({ status: 'failed', cause: 'inner: no list' });
    expect(story.token('inner')).toMatchObject({ item: 'x', index: 0, outside: true });
    inner = [7];
    story.tell({ type: 'retried' });
    expect(story.token('a')).toMatchObject({ item: 7, index: 0, key: '0/0/0' });
  });
});

describe('a skip by a person', () => {
  const skip = (story: Story, key: string, run: number, more = {}) =>
    story.tell({ type: 'skipped', key, run, patch: { set: { done: 1 }, remove: [] }, ...more });

  it('goes on at the branch it names, with the values it gives', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: hearing('news'), next: ['b', 'c'] }), aStepNode('b'), aStepNode('c')]));
    expect(skip(story, '0', 2), 'another visit').toBeNull();
    skip(story, '0', 1, { branch: 'c' });
    expect(story.active).toEqual(['c']);
    expect(story.last.versions[0]).toMatchObject({ patch: { done: 1 } });
    expect(story.last.records[0]).toMatchObject({ type: 'step-skipped', step: 'a', detail: 'c' });
    expect(story.token('c').previous).toBe(2);
  });

  it('passes a task that waits, and not one that runs', () => {
    const free = new Story(aDefinition([aStepNode('a', { queue: 'q' })]));
    const taken = new Story(aDefinition([aStepNode('a', { queue: 'q' })])).take('a');
    expect(skip(taken, '0', 1)).toBeNull();
    expect(skip(free, '0', 1)).not.toBeNull();
    expect(free.status).toBe('completed');
    expect(free.last.records[0]!.detail).toBeNull();
  });

  it('does not pass a container', () => {
    const story = fail(new Story(aDefinition([aFork('both', ['a', 'b']), aStepNode('a', { next: [] }), aStepNode('b', { next: [] })])), 'a');
    expect(skip(story, '0', story.token('both').run)).toBeNull();
  });

  it('of a step that may be skipped to hears its event again', () => {
    const ahead = hearing('news', { skipAhead: true });
    const nodes = [aStepNode('a', { next: ['b'], gate: ahead }), aStepNode('b', { next: ['a', 'end'] })];
    const listening = (story: Story) => story.waits.filter(({ kind }) => kind === 'listener').map(({ node }) => node);
    const skippedOver = new Story(aDefinition(nodes));
    skip(skippedOver, '0', skippedOver.wait('a').run);
    expect(listening(skippedOver)).toEqual(['a']);
    const passedOver = new Story(aDefinition([aStepNode('a', { next: ['b'], gate: ahead, required: false }), nodes[1]!]));
    passedOver.tell(passedOver.answer('a'));
    fail(passedOver, 'a');
    expect(listening(passedOver)).toEqual(['a']);
  });
});

describe('conditions are looked at', () => {
  const waiting = () => {
    let holds = false;
    const story = new Story(aDefinition([aFork('both', ['a', 'b']), aStepNode('a', { next: [], gate: hearing('news') }), aStepNode('b', { next: [], when: true })]), { holds: () => holds }); // prettier-ignore
    return { story, now: () => (holds = true) };
  };

  it('after a skip', () => {
    const { story, now } = waiting();
    now();
    story.tell({ type: 'skipped', key: '0/0', run: story.wait('a').run, patch: { set: {}, remove: [] } });
    expect(story.active).toEqual(['b']);
  });

  it('after again(patch), and not after again() without one', () => {
    const { story, now } = waiting();
    story.tell(story.answer('a'));
    now();
    story.tell(story.deferred('a', { afterMs: 5 }));
    expect(story.active).toEqual([]);
    story.wake('a').tell(story.deferred('a', { afterMs: 5, patch: { set: {}, remove: [] } as never }));
    expect(story.active).toEqual(['b']);
  });

  it('after a restart, and after a migration', () => {
    const restarted = waiting();
    restarted.now();
    restarted.story.tell(restarted.story.restart(1));
    expect(restarted.story.active).toEqual(['b']);
    const { story, now } = waiting();
    now();
    story.tell({ type: 'migrated', to: 2, revision: story.process.revision, steps: new Map(), values: { moved: true }, waits: [] });
    expect(story.active).toEqual(['b']);
    expect(story.last.versions[0]).toMatchObject({ patch: { moved: true }, removed: [], snapshot: { moved: true } });
    expect(story.last.versions[0], 'nothing was renamed').not.toHaveProperty('undo');
  });
});

describe('two migrations', () => {
  it('one after the other: the names of both are found, and the first one told again applies no more', () => {
    const graph = (name: string, version: number) => aDefinition([aStepNode(name, { gate: hearing('news') })], { version });
    const story = new Story(graph('a', 1));
    const to = (version: number, from: string, name: string) =>
      ({ type: 'migrated', to: version, revision: story.process.revision, steps: new Map([[from, name]]), values: {}, waits: ['0'] }) as const;
    const first = to(2, 'a', 'b');
    Object.assign(story, { definition: graph('b', 2) });
    story.tell(first);
    expect(story.tell(first)).toBeNull();
    expect(story.tell({ ...first, revision: story.process.revision }), 'to where it is').toBeNull();
    Object.assign(story, { definition: graph('c', 3) });
    story.tell(to(3, 'b', 'c'));
    expect(story.changes.slice(1).map(({ versions }) => versions[0]!.undo)).toEqual([{ renamed: { a: 'b' } }, { renamed: { b: 'c' } }]);
    expect(story.changes.slice(1).map(({ records }) => records[0]!.detail)).toEqual(['from version 1 to 2', 'from version 2 to 3']);
    expect(story.waiting).toEqual(['c: event']);
    story.tell(story.restart(story.process.contextVersion));
    expect(story.waiting).toEqual(['c: event']);
  });
});
