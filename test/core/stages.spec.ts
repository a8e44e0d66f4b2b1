import { describe, expect, it } from 'vitest';
import { isActive } from '../../lib/core/token.js';
import { runnable } from '../../lib/core/runnable.js';
import type { StageNode } from '../../lib/definition/graph.js';
import { aDefinition, aFork, anEach, aRace, aStage, aStepNode, hearing, NOTHING, ONCE } from './builders.js';
import { Story, type Told } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const staged = (given: Partial<StageNode> = {}) =>
  aDefinition([aStepNode('before', { next: ['stage'], compensates: true }), aStage('stage', 'a', { next: ['z'], ...given }), loose('a', { next: ['b'], compensates: true }), loose('b', { after: 500 }), aStepNode('z'), aStepNode('other')]); // prettier-ignore

const undoToken = (story: Story) => story.process.tokens.find(({ does }) => does === 'undo')!;
const undoing = (story: Story) => ({ ...(({ key, run, attempt }) => ({ key, run, attempt }))(undoToken(story)), claim: story.process.claim });
const undone = (story: Story, step: string, run: number): Told => ({ type: 'visit-undone', ...undoing(story), step, undone: run, patch: NOTHING });
const allUndone = (story: Story): Told => ({ type: 'all-undone', ...undoing(story) });
const toRun = (story: Story) => runnable(story.process, 'w', () => false).map(({ does, node }) => (does === 'undo' ? 'undo' : node));

describe('a stage that takes too long', () => {
  it('leaves its time with it when it ends in time', () => {
    const story = new Story(staged({ within: 100 })).do('before', 'a').wake('b').do('b');
    expect(story.active).toEqual(['z']);
    expect(story.waiting).toEqual([]);
  });

  it('fails, and a retry gives it its time again', () => {
    const story = new Story(staged({ within: 100 })).do('before', 'a').wake('stage');
    expect(story.process).toMatchObject({ status: 'failed', cause: 'stage: it took longer than its within' });
    story.tell({ type: 'retried' });
    expect(story.status).toBe('waiting');
    expect(story.wait('stage').dueAt).toBe(story.now + 100);
    expect(story.wake('b').do('b').active).toEqual(['z']);
  });

  it('is passed over where nobody requires it', () => {
    const story = new Story(staged({ within: 100, required: false })).do('before', 'a').wake('stage');
    expect(story.active).toEqual(['z']);
    expect(story.waiting).toEqual([]);
  });

  it('goes on elsewhere', () => {
    expect(new Story(staged({ within: 100, onError: { next: 'other' } })).do('before', 'a').wake('stage').active).toEqual(['other']);
  });

  it('is suspended, with its time once more', () => {
    const story = new Story(staged({ within: 100, onError: 'suspend' })).do('before', 'a').wake('stage');
    expect(story.process.status).toBe('suspended');
    expect(story.wait('stage').dueAt).toBe(story.now + 100);
    story.tell({ type: 'resumed' });
    expect(story.wake('b').do('b').active).toEqual(['z']);
  });

  it('cancels the process', () => {
    expect(new Story(staged({ within: 100, onError: 'cancel' })).do('before', 'a').wake('stage').status).toBe('cancelled');
  });

  it('leaves no row of what it held to what stands at that key next', () => {
    const nodes = [aStage('stage', 'a', { next: ['each'], within: 100, required: false }), loose('a', { queue: 'q' }), anEach('each', 'b'), loose('b')];
    const story = new Story(aDefinition(nodes), { items: () => ['x'] }).wake('stage');
    expect(story.process.tokens.map(({ key, node }) => `${key} ${node}`)).toEqual(['0 each', '0/0 b']);
    expect(story.waiting).toEqual([]);
  });

  it('beyond the room of the process row it fails and goes on like any other', () => {
    const nodes = [anEach('each', 'stage'), aStage('stage', 'a', { next: [], within: 100 }), loose('a', { queue: 'q' })];
    const story = new Story(aDefinition(nodes), { items: () => Array.from({ length: 70 }, (_, i) => i) });
    const parked = story.waits.find(({ kind }) => kind === 'branches')!;
    story.now += 100;
    story.tell({ type: 'came-due', key: `${parked.key}~d${parked.run}`, run: parked.run });
    expect(story.status).toBe('failed');
    story.tell({ type: 'retried' });
    expect(story.status).toBe('waiting');
  });
});

describe('what fails in a stage', () => {
  it('is the stage’s to answer for, five deep', () => {
    const nodes = [1, 2, 3, 4, 5].map((n) => aStage(`s${n}`, n === 5 ? 'a' : `s${n + 1}`, { next: n === 1 ? ['z'] : [], required: n > 2 }));
    const story = new Story(aDefinition([...nodes, loose('a'), aStepNode('z')]));
    story.tell(story.failed('a'));
    expect(story.active, 'the second of five lets it pass, and the first ends with it').toEqual(['z']);
    expect(story.records.slice(-1)).toEqual(['step-skipped s2']);
  });

  it.each([
    ['the step’s word', { onError: 'cancel' }, { onError: 'suspend' }, 'fail', 'cancelled'],
    ['the stage’s', {}, { onError: 'suspend' }, 'cancel', 'suspended'],
    ['the workflow’s', {}, {}, 'cancel', 'cancelled'],
    ['nobody’s', {}, {}, 'fail', 'failed'],
  ] as const)('%s counts first', (_whose, ofStep, ofStage, ofWorkflow, status) => {
    const story = new Story(aDefinition([aStage('stage', 'a', ofStage), loose('a', ofStep)], { onError: ofWorkflow }));
    story.tell(story.failed('a'));
    expect(story.status).toBe(status);
  });

  it('a suspended step waits again for what it waited for, and where it ran', () => {
    const rule = { onError: 'suspend' } as const;
    const on = (given: object) => new Story(aDefinition([aStepNode('a', { ...rule, ...given })]), { holds: () => false, within: (_n, now) => now + 100 });
    const condition = on({ when: true, within: 100 }).wake('a');
    const event = on({ gate: hearing('news'), within: 100 }).wake('a');
    const task = on({ queue: 'q' }).take('a');
    task.tell(task.failed('a'));
    for (const [story, kind] of [[condition, 'condition'], [event, 'event'], [task, 'task']] as const) {
      expect(story.status).toBe('suspended');
      expect(story.waiting).toEqual([`a: ${kind}`]);
      story.tell({ type: 'resumed' });
      expect(story.active).toEqual([]);
    } // prettier-ignore
  });

  it('what the step before returned is kept through a stage, and absent after a join', () => {
    const nodes = [aStepNode('a', { next: ['stage'] }), aStage('stage', 'b', { next: ['c'] }), loose('b'), aStepNode('c', { next: ['d', 'end'] }), aStepNode('d', { next: ['fork'] }), aFork('fork', ['e', 'f'], ['g']), loose('e'), loose('f'), aStepNode('g')]; // prettier-ignore
    const story = new Story(aDefinition(nodes)).do('a');
    expect(story.token('b').previous).toBe(2);
    expect(story.do('b').token('c').previous).toBe(3);
    story.tell(story.succeeded('c', { branch: 'd' }));
    expect(story.token('d').previous, 'a decision hands on').toBe(3);
    expect(story.do('d').token('f').previous).toBe(5);
    expect(story.do('e', 'f').token('g').previous).toBeUndefined();
  });
});

describe('undoing', () => {
  it('a whole process: one visit at a time, and then it is cancelled', () => {
    const story = new Story(staged()).do('before', 'a');
    story.tell({ type: 'cancelled', why: 'enough', compensate: true });
    expect(story.waiting).toEqual([]);
    expect(toRun(story)).toEqual(['undo']);
    const first = undone(story, 'a', 3);
    story.tell(first);
    expect(story.tell(first), 'once').toBeNull();
    expect(story.last.versions).toMatchObject([{ step: 'a', undo: { undone: 3 } }]);
    story.tell(undone(story, 'before', 1));
    story.tell(allUndone(story));
    expect(story.process).toMatchObject({ status: 'cancelled', cause: 'enough' });
  });

  it('waits for what is under way, which counts as done and starts nothing', () => {
    const nodes = [aFork('fork', ['a', 'b', 'c', 'd'], ['z']), loose('a', { next: ['never'], compensates: true }), loose('b', { gate: { for: 'response', request: 'how' } }), loose('c'), loose('d'), loose('never'), aStepNode('z')]; // prettier-ignore
    const story = new Story(aDefinition(nodes));
    story.tell({ type: 'cancelled', compensate: true });
    expect(toRun(story).sort(), 'a lost worker may have to run them again').toEqual(['a', 'b', 'c', 'd']);
    story.do('a');
    expect(story.last.versions[0]!.undo).toMatchObject({ key: '0/0' });
    expect(story.tell(story.asked('b')), 'asked, and nobody waits for the answer').not.toBeNull();
    expect(story.tell(story.paused('c'))).not.toBeNull();
    expect(toRun(story)).toEqual(['d']);
    story.tell(story.failed('d'));
    expect(toRun(story)).toEqual(['undo']);
  });

  it('is not done to who has failed, and not again for an event that nobody could handle', () => {
    const news = loose('news', { unsolicited: true, gate: hearing('news'), onError: 'compensate' });
    for (const name of ['a', 'news']) {
      const story = new Story(aDefinition([aStepNode('a', { onError: 'compensate' }), news]));
      if (name === 'news') story.tell(story.event('news'));
      story.tell(story.failed(name));
      if (name === 'news') story.do('a');
      expect(toRun(story)).toEqual(['undo']);
    }
  });

  it('of a stage: what is beside goes on, and then what follows', () => {
    const nodes = [aFork('fork', ['beside', 'stage']), loose('beside', { next: ['more'] }), loose('more'), aStage('stage', 'a', { next: ['z'], required: false, onError: 'compensate' }), loose('a', { next: ['b'], compensates: true }), loose('b'), loose('z')]; // prettier-ignore
    const story = new Story(aDefinition(nodes)).do('a');
    story.tell(story.failed('b'));
    expect(undoToken(story)).toMatchObject({ undo: { under: '0/1', since: story.token('stage').run } });
    expect(story.do('beside').active.filter((node) => node !== 'stage')).toEqual(['more']);
    story.tell(undone(story, 'a', 4));
    story.tell(allUndone(story));
    expect(story.active.sort()).toEqual(['more', 'z']);
  });

  it('that fails waits for a person, whose retry tries it again', () => {
    const story = new Story(staged()).do('before');
    story.do('a').tell({ type: 'cancelled', compensate: true });
    story.tell({ type: 'step-failed', ...undoing(story), error: 'Error: no', permanent: true });
    expect(story.status).toBe('failed');
    story.tell({ type: 'retried' });
    expect(toRun(story)).toEqual(['undo']);
  });

  it('survives its worker', () => {
    const story = new Story(staged()).do('before', 'a');
    story.tell({ type: 'cancelled', compensate: true });
    const late = undone(story, 'a', 3);
    story.tell({ type: 'worker-lost', worker: 'w' });
    expect(story.tell(late)).toBeNull();
    expect(toRun(story)).toEqual(['undo']);
    expect(story.tell(undone(story, 'a', 3))).not.toBeNull();
  });

  it('of a suspended process begins at once', () => {
    const story = new Story(staged()).do('before', 'a');
    story.tell({ type: 'suspended' });
    story.tell({ type: 'cancelled', compensate: true });
    expect(story.status).toBe('running');
    expect(toRun(story)).toEqual(['undo']);
  });

  it('is turned nowhere, and does not complete early', () => {
    const nodes = [
      aStepNode('a', { next: ['b'], compensates: true }),
      aStepNode('b'),
      loose('turn', { unsolicited: true, next: ['a'], gate: hearing('turn') }),
    ];
    const story = new Story(aDefinition(nodes, { completesEarly: true })).do('a');
    story.tell({ type: 'cancelled', compensate: true });
    story.do('b');
    story.facts = { ...story.facts, completes: () => true };
    story.tell(story.event('turn'));
    story.do('turn');
    expect(toRun(story)).toEqual(['undo']);
    story.tell(undone(story, 'a', 1));
    expect(story.status).toBe('running');
  });
});

describe('beside a visit', () => {
  it('somebody is told once that it is overdue, and the mark goes with the visit', () => {
    const story = new Story(aDefinition([aStepNode('a', { overdue: 100, gate: hearing('news') })])).wake('a');
    const mark = story.waits.find(({ kind }) => kind === 'overdue')!;
    expect(story.tell({ type: 'came-due', key: mark.key, run: mark.run })).toBeNull();
  });

  it.each([
    ['says something', (story: Story): Told => ({ ...story.succeeded('a'), patch: { set: { told: true }, remove: [] } }) as never, 2],
    ['says nothing', (story: Story): Told => story.succeeded('a'), 1],
    ['fails', (story: Story): Told => story.failed('a'), 1],
    ['wants to be called again', (story: Story): Told => story.deferred('a'), 1],
  ])('a reminder that %s ends there', (_what, told, version) => {
    const story = new Story(aDefinition([aStepNode('a', { overdue: 100, gate: { for: 'response', request: 'how' } })]));
    story.tell(story.asked('a'));
    const timer = story.waits.find(({ kind }) => kind === 'timer')!;
    story.now += 100;
    story.tell({ type: 'came-due', key: timer.key, run: timer.run });
    expect(story.process.tokens.map(({ does }) => does)).toEqual(['remind']);
    const { key, run, attempt } = story.process.tokens[0]!;
    expect(story.tell({ ...told(story), key, run, attempt } as Told)).not.toBeNull();
    expect(story.process.tokens).toEqual([]);
    expect(story.waiting).toEqual(['a: overdue', 'a: response']);
    expect(story.process.contextVersion).toBe(version);
    story.tell({ ...story.answer('a'), key: '0' } as Told);
    expect(story.do('a').status).toBe('completed');
  });

  it('an input asks anew for another, and a retry has the same', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: { for: 'input' }, retry: { ...ONCE, attempts: 2 } })]));
    story.tell(story.answer('a'));
    story.tell(story.failed('a'));
    expect(story.token('a')).toMatchObject({ message: 'm', attempt: 2 });
    story.tell(story.deferred('a'));
    expect(story.wait('a')).toMatchObject({ kind: 'input', address: 'i:p.1' });
    expect(story.records.filter((record) => record === 'input-required a')).toHaveLength(2);
  });

  it('a child is asked for in the record that waits for it; another try is another child', () => {
    const child = { for: 'child', workflow: 'other', detached: false, onParentCancel: 'cancel' } as const;
    const story = new Story(aDefinition([aStepNode('a', { gate: child, retry: { ...ONCE, attempts: 2 } })]));
    const request = () => story.tell({ type: 'child-requested', ...story.speaker('a'), values: { box: 1 } })!;
    expect(request().messages).toMatchObject([{ address: 's:p.1', disposition: 'stored', body: { workflow: 'other', values: { box: 1 }, parent: { id: 'p', awaited: true, tied: true } } }]); // prettier-ignore
    expect(story.wait('a')).toMatchObject({ kind: 'child', address: 'c:p.1' });
    const end = (status: string, id: string) => story.tell({ ...(story.answer('a', id) as object), message: { ...(story.answer('a', id) as { message: object }).message, body: { processId: 'p.1', status } } } as unknown as Told); // prettier-ignore
    end('cancelled', 'm1');
    expect(story.token('a')).toMatchObject({ does: 'request', attempt: 2, children: 1 });
    expect(request().messages).toMatchObject([{ address: 's:p.1.1' }]);
    end('completed', 'm2');
    expect(story.do('a').status).toBe('completed');
  });

  it('a detached child is not waited for', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: { for: 'child', workflow: 'other', detached: true, onParentCancel: 'leave' } })]));
    const told: Told = { type: 'child-requested', ...story.speaker('a'), values: {} };
    story.tell(told);
    expect(story.tell(told)).toBeNull();
    expect(story.token('a')).toMatchObject({ does: 'run', message: story.last.messages[1]!.id });
  });
});

describe('what a person does', () => {
  it('lets a visit pass; not one that runs, nor what is no visit', () => {
    const nodes = [anEach('each', 'a', { concurrency: 1, next: ['z'] }), loose('a', { overdue: 10, gate: hearing('news') }), aStepNode('z')];
    const story = new Story(aDefinition(nodes), { items: () => [1, 2] });
    for (const { key, run, kind } of story.waits) {
      if (kind !== 'event') expect(story.decide({ type: 'skipped', key, run, patch: NOTHING }), `${key} ${kind}`).toBeNull();
    }
    for (const key of ['0/0', '0/1']) story.tell({ type: 'skipped', key, run: story.book.waits.get(key)!.token.run, patch: NOTHING });
    expect(story.active).toEqual(['z']);
    expect(story.tell({ type: 'skipped', key: '0', run: story.token('z').run, patch: NOTHING })).toBeNull();
  });

  it('lets an event pass that failed, and it turns the process nowhere', () => {
    const story = new Story(aDefinition([aStepNode('a', { after: 50 }), loose('turn', { unsolicited: true, next: ['a'], gate: hearing('turn') })]));
    story.tell(story.event('turn'));
    story.tell(story.failed('turn'));
    const { key, run } = story.token('turn');
    story.tell({ type: 'skipped', key, run, patch: NOTHING });
    expect(story.waiting).toEqual(['a: timer']);
    expect(story.process).toMatchObject({ root: 0, status: 'waiting' });
  });

  it('moves what waits to another version, and a restart there finds its way', () => {
    const graph = (v: string, version: number) => aDefinition([aFork(`fork${v}`, [`each${v}`, `b${v}`], []), anEach(`each${v}`, `a${v}`, { next: [], concurrency: 1 }), loose(`a${v}`, { queue: 'q' }), loose(`b${v}`, { queue: 'q' }), loose(`news${v}`, { unsolicited: true, gate: hearing('news'), retry: { ...ONCE, attempts: 2, delayMs: 50 } })], { version }); // prettier-ignore
    const story = new Story(graph('', 1), { items: () => ['x', 'y', 'z'] }).take('a').do('a');
    story.tell(story.event('news'));
    const moved: Told = { type: 'migrated', to: 2, revision: story.process.revision, steps: new Map(['fork', 'each', 'a', 'b', 'news'].map((name) => [name, `${name}2`])), values: {}, waits: [...story.book.waits.keys()] }; // prettier-ignore
    expect(story.tell(moved), 'not while a body runs').toBeNull();
    story.tell(story.failed('news'));
    Object.assign(story, { definition: graph('2', 2) });
    story.tell({ ...moved, revision: story.process.revision, waits: [...story.book.waits.keys()] } as Told);
    expect(story.waiting).toEqual(['a2: task', 'a2: turn', 'b2: task', 'news2: timer']);
    story.tell(story.restart(story.process.contextVersion));
    expect(story.waiting).toEqual(['a2: task', 'a2: turn', 'b2: task']);
    expect(story.waits.flatMap(({ item }) => item ?? []).sort()).toEqual(['y', 'z']);
    expect(story.process.tokens.filter(isActive).map(({ node }) => node)).toEqual(['news2']);
  });

  it('turns the flow, and the limit of the whole stays', () => {
    const nodes = [
      aStage('order (within)', 'a', { within: 100 }),
      loose('a', { next: ['b'] }),
      loose('b'),
      loose('turn', { unsolicited: true, next: ['b'], gate: hearing('turn') }),
    ];
    const story = new Story(aDefinition(nodes));
    story.tell(story.event('turn'));
    story.do('turn');
    expect(story.active).toEqual(['b']);
    expect(story.wait('order (within)').dueAt).toBe(story.now + 100);
    expect(story.do('b').status).toBe('completed');
  });

  it('a race in it that is lost by a whole stage goes on with the other', () => {
    const nodes = [aRace('race', ['stage', 'b'], 'cancel', ['z']), aStage('stage', 'a', { next: [], within: 50 }), loose('a'), loose('b'), aStepNode('z')];
    const story = new Story(aDefinition(nodes)).wake('stage');
    expect(story.active).toEqual(['b']);
    expect(story.do('b').active).toEqual(['z']);
  });
});
