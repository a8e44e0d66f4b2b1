/** What an undo ends, what it waits for, and what becomes of an undo that is in the scope of another one. */
import { describe, expect, it } from 'vitest';
import type { WorkflowDefinition } from '../../lib/definition/graph.js';
import type { UndoToken } from '../../lib/core/token.js';
import { aDefinition, aFork, aStage, aStepNode, hearing, NOON, NOTHING } from './builders.js';
import { Story, type Told } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const optional = { onError: 'compensate', required: false } as const;
const undos = (story: Story) => story.tokens.filter(({ does }) => does === 'undo') as unknown as UndoToken[];
const by = (story: Story, { key, run, attempt }: UndoToken) => ({ key, run, attempt, claim: story.process.claim });
const allUndone = (story: Story, undo: UndoToken): Told => ({ type: 'all-undone', ...by(story, undo) });
const visitUndone = (story: Story, undo: UndoToken): Told => ({ type: 'visit-undone', ...by(story, undo), step: 'a', undone: 1, patch: NOTHING });

describe('the undo of a stage', () => {
  const stages = () =>
    aDefinition([
      aFork('both', ['stage', 'beside'], ['z']),
      aStage('stage', 'inside', { ...optional, next: [], within: 500, overdue: 200 }),
      aFork('inside', ['a', 'b', 'c'], []),
      loose('a'),
      loose('b', { after: 300 }),
      loose('c'),
      loose('beside', { after: 400 }),
      aStepNode('z'),
    ]);

  it('ends all that waits in it and the timers of the stage, and lets its bodies end; nothing beside it is touched', () => {
    const story = new Story(stages());
    story.now += 7;
    story.tell(story.failed('c', { permanent: true }));
    expect(story.waiting).toEqual(['beside: timer']);
    expect(story.token('a')).toMatchObject({ last: true });
    const run = story.process.runs;
    const { run: since } = story.token('stage');
    expect(undos(story)).toEqual([
      { key: `0/0~u${run}`, node: 'stage', run, does: 'undo', attempt: 1, since: NOON + 7, undo: { under: '0/0', ending: 'skip', since }, open: 1 },
    ]);
    expect(story.last.records.at(-1)).toMatchObject({ type: 'compensation-started', step: 'stage', run, error: 'c: Error: no' });
  });

  it('goes on after the stage once all is undone', () => {
    const story = new Story(stages());
    story.tell(story.failed('c', { permanent: true }));
    story.tell(story.succeeded('a'));
    story.tell(allUndone(story, undos(story)[0]!));
    expect(story.last.records).toMatchObject([{ type: 'step-skipped', step: 'stage', reason: 'what was done in it has been undone' }]);
    expect(story.wake('beside').do('beside').active).toEqual(['z']);
  });

  it('records of all that is undone name no step', () => {
    const story = new Story(stages());
    story.tell({ type: 'cancelled', compensate: true, why: 'enough' });
    const run = story.process.runs;
    expect(undos(story)).toMatchObject([{ key: `0~u${run}`, node: '', run, undo: { under: null, ending: { cancel: 'enough' } } }]);
    expect(undos(story)[0]!.undo).not.toHaveProperty('since');
    expect(story.last.records).toMatchObject([{ type: 'compensation-started', step: null, run, error: 'enough' }]);
  });

  it('of a suspended process lets it run', () => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true, next: ['b'] }), aStepNode('b', { after: 9 })])).do('a');
    story.tell({ type: 'suspended', why: 'wait' });
    story.tell({ type: 'cancelled', compensate: true });
    expect(story.process).toMatchObject({ status: 'running', cause: null });
  });
});

/** A stage in a stage, and a second one in it; `go` leads elsewhere. */
const NESTED = aDefinition([
  aStage('outer', 'both', { ...optional, next: ['z'] }),
  aFork('both', ['first', 'second', 'last'], []),
  aStage('first', 'a', { ...optional, next: [] }),
  loose('a', { next: ['b'], compensates: true }),
  loose('b'),
  aStage('second', 'c', { ...optional, next: [] }),
  loose('c'),
  loose('last'),
  aStepNode('z'),
  aStepNode('go', { gate: hearing('go'), unsolicited: true, next: ['elsewhere'] }),
  aStepNode('elsewhere'),
]);

/** The first stage is being undone, and its undo is at a visit. */
function undoingFirst(definition: WorkflowDefinition = NESTED): Story {
  const story = new Story(definition).do('a');
  story.tell(story.failed('b', { permanent: true }));
  expect(undos(story)).toMatchObject([{ node: 'first', open: 0 }]);
  return story;
}

function go(story: Story): Story {
  story.tell(story.event('go'));
  return story.do('go');
}

describe('an undo in the scope of another one', () => {
  it('that is at a visit ends first, and so do the bodies', () => {
    const story = undoingFirst();
    story.tell(story.failed('last', { permanent: true }));
    expect(undos(story)).toMatchObject([{ node: 'first', last: true }, { node: 'outer', open: 2 }]); // prettier-ignore
    expect(story.token('c')).toMatchObject({ last: true });
    story.tell(visitUndone(story, undos(story)[0]!));
    expect(undos(story)).toMatchObject([{ node: 'outer', open: 1 }]);
    expect(story.last.versions).toMatchObject([{ step: 'a', undo: { undone: 1 } }]);
  });

  it('that still waits for a body ends at once: the other one waits for that body', () => {
    const waiting = new Story(aDefinition([aStage('outer', 'both', { ...optional, next: ['z'] }), aFork('both', ['inner', 'last'], []), aStage('inner', 'two', { ...optional, next: [] }), aFork('two', ['a', 'c'], []), loose('a'), loose('c'), loose('last'), aStepNode('z')])); // prettier-ignore
    waiting.tell(waiting.failed('c', { permanent: true }));
    expect(undos(waiting)).toMatchObject([{ node: 'inner', open: 1 }]);
    waiting.tell(waiting.failed('last', { permanent: true }));
    expect(undos(waiting)).toMatchObject([{ node: 'outer', open: 1 }]);
    expect(waiting.tokens.map(({ node }) => node).sort()).toEqual(['a', 'outer', 'outer']);
  });

  const endings: Record<string, (story: Story, undo: UndoToken) => Told> = {
    'found nothing more to undo': (story, undo) => ({ type: 'all-undone', ...by(story, undo) }),
    'asks for another try': (story, undo) => ({ type: 'step-deferred', ...by(story, undo), undoes: { step: 'a', run: 1 } }),
  };
  it.each(Object.entries(endings))('that %s ends where it is', (_title, told) => {
    const story = undoingFirst();
    story.tell(story.failed('last', { permanent: true }));
    const [first] = undos(story);
    const said = told(story, first!);
    story.tell(said);
    expect(undos(story)).toMatchObject([{ node: 'outer', open: 1 }]);
    expect(story.last.records).toMatchObject([{ type: 'step-skipped', step: 'first', run: first!.run, reason: 'it was to end where it was' }]);
  });

  it('that fails ends where it is, with its error on record', () => {
    const story = undoingFirst();
    story.tell(story.failed('last', { permanent: true }));
    story.tell({ type: 'step-failed', ...by(story, undos(story)[0]!), undoes: { step: 'a', run: 1 }, error: 'oh', permanent: false });
    expect(undos(story)).toMatchObject([{ node: 'outer', open: 1 }]);
    expect(story.last.records.at(-1)).toMatchObject({ type: 'step-skipped', step: 'first', error: 'oh', reason: 'it was to end where it was' });
  });

  it('hands on where an event has said that the process goes on', () => {
    const story = go(undoingFirst());
    expect(undos(story)[0]).toMatchObject({ node: 'first', then: 'elsewhere' });
    story.tell(story.failed('last', { permanent: true }));
    const [first, outer] = undos(story);
    expect(outer).toMatchObject({ node: 'outer', then: 'elsewhere' });
    story.tell(visitUndone(story, first!));
    story.tell(story.succeeded('c'));
    story.tell(allUndone(story, undos(story)[0]!));
    expect(story.active).toEqual(['elsewhere']);
  });

  it('not if it is in another stage', () => {
    const story = go(undoingFirst());
    story.tell(story.failed('c', { permanent: true }));
    const second = undos(story).find(({ node }) => node === 'second');
    expect(second).not.toHaveProperty('then');
  });
});

describe('a try to undo', () => {
  const undoing = () => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true, next: ['b'] }), aStepNode('b', { after: 5 })])).do('a');
    story.tell({ type: 'cancelled', compensate: true });
    return story;
  };

  it('again() without values makes no version', () => {
    const story = undoing();
    story.tell({ type: 'step-deferred', ...by(story, undos(story)[0]!), undoes: { step: 'a', run: 1 } });
    expect(story.last.versions).toEqual([]);
  });

  it('that failed before it had a visit is counted for no visit', () => {
    const story = undoing();
    story.tell({ type: 'step-failed', ...by(story, undos(story)[0]!), error: 'oh', permanent: true });
    expect(undos(story)[0]!.tried).toEqual({ step: '', run: 0, failed: 1, error: 'oh' });
  });

  it('that comes again is of the undo itself, and no failure', () => {
    const story = undoing();
    story.tell({ type: 'step-failed', ...by(story, undos(story)[0]!), undoes: { step: 'a', run: 1 }, error: 'oh', permanent: false });
    const [{ key, run, dueAt }] = story.waits as unknown as [{ key: string; run: number; dueAt: number }];
    story.now = dueAt;
    story.tell({ type: 'came-due', key, run });
    expect(story.last.records).toMatchObject([{ type: 'timer-fired', step: 'a', run, error: null }]);
  });
});
