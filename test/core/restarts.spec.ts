/** What a restart brings back, and where it finds it. */
import { describe, expect, it } from 'vitest';
import { AT_START, calledAfter, placesAt } from '../../lib/core/moves.js';
import type { StageNode, WorkflowDefinition } from '../../lib/definition/graph.js';
import { aDefinition, aFork, anEach, aStage, aStepNode, hearing, NOON } from './builders.js';
import { Story } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const list = (...items: string[]) => ({ items: () => items });
const standing = (story: Story) => story.tokens.map(({ key, node, item, index }) => [key, node, item, index].filter((each) => each !== undefined).join(' '));
const turns = (story: Story) =>
  story.waits.filter(({ kind }) => kind === 'turn').map(({ key, node, item, index }) => `${key} ${node} ${String(item)} ${index}`);

describe('a restart', () => {
  it('makes one version with all values and removes none', () => {
    const story = new Story(aDefinition([aStepNode('a')]));
    story.tell(story.restart(1));
    expect(story.last.versions).toEqual([
      { version: 2, step: '', patch: { v: 1 }, removed: [], snapshot: { v: 1 }, moves: [['1', 'a']], at: NOON },
    ]); // prettier-ignore
    expect(story.last.records).toMatchObject([{ type: 'process-restarted', step: null, detail: 'from version 1' }]);
  });

  it('notes the stages it brought back, and no forks and lists', () => {
    const nodes = [aStage('s', 'f', { next: ['z'] }), aFork('f', ['a', 'e'], []), loose('a'), anEach('e', 'b', { next: [] }), loose('b'), aStepNode('z')];
    const story = new Story(aDefinition(nodes), list('x', 'y'));
    story.tell(story.restart(1));
    expect(story.last.versions[0]).toMatchObject({ undo: { restarted: { '1': ['0', 1] } } });
    const fork = new Story(aDefinition([aFork('f', ['a', 'b'], []), loose('a'), loose('b')]));
    fork.tell(fork.restart(1));
    expect(fork.last.versions[0]).not.toHaveProperty('undo');
  });

  it('sets the timers of a stage anew', () => {
    const story = new Story(aDefinition([aStage('s', 'a', { within: 100, overdue: 50 }), loose('a')]));
    story.now += 10;
    story.tell(story.restart(1));
    const { run } = story.token('s');
    expect(story.waits.map(({ key, dueAt }) => `${key} ${dueAt}`).sort()).toEqual([`1~d${run} ${NOON + 110}`, `1~o${run} ${NOON + 60}`]);
  });

  const inFork = aDefinition([anEach('each', 'f', { next: [] }), aFork('f', ['a', 'b'], ['c']), loose('a'), loose('b'), loose('c')]);

  it('brings an item back with the branches that were left, and with its item and its place', () => {
    const story = new Story(inFork, list('x', 'y')).do('a');
    story.now += 5;
    story.tell(story.restart(2));
    expect(standing(story).sort()).toEqual(['1 each', '1/0 f x 0', '1/0/0 b x 0', '1/1 f y 1', '1/1/0 a y 1', '1/1/1 b y 1']);
    expect(story.tokens.find(({ key }) => key === '1/0')).toEqual({ key: '1/0', node: 'f', run: expect.any(Number), does: 'branches', attempt: 1, since: NOON + 5, open: 1, item: 'x', index: 0 }); // prettier-ignore
    expect(story.do('b').tokens.filter(({ node }) => node === 'c')).toMatchObject([{ item: 'x', index: 0 }]);
  });

  const steps = (given = {}): WorkflowDefinition =>
    aDefinition([anEach('each', 'a', { next: [], ...given }), loose('a', { next: ['b'] }), loose('b', { next: ['f'] }), aFork('f', ['c', 'd'], []), loose('c'), loose('d')]); // prettier-ignore
  /** x is at the start, y has left it, z has branches of its own. */
  function spread(): Story {
    const story = new Story(steps(), list('x', 'y', 'z'));
    const at = (node: string, item: string) => story.tokens.find((token) => token.node === node && token.item === item)!;
    for (const [node, item] of [['a', 'y'], ['a', 'z'], ['b', 'z']] as const) {
      const { key, run, attempt } = at(node, item);
      story.tell({ type: 'step-succeeded', key, run, attempt, claim: story.process.claim, patch: { set: {}, remove: [] } });
    } // prettier-ignore
    return story;
  }

  it('brings items with branches back at once; of the others, those come first that had left the start', () => {
    const story = spread();
    Object.assign(story, { definition: steps({ concurrency: 1 }) });
    story.tell(story.restart(story.process.contextVersion));
    expect(standing(story).sort()).toEqual(['1 each', '1/0 f z 2', '1/0/0 c z 2', '1/0/1 d z 2']);
    expect(story.token('each')).toMatchObject({ open: 3, todo: [1, 3] });
    expect(turns(story)).toEqual(['1/1 b y 1', '1/2 a x 0']);
    story.tell(story.restart(story.process.contextVersion));
    expect(turns(story), 'a second restart finds the same').toEqual(['2/1 b y 1', '2/2 a x 0']);
  });

  it('has the items of a list in the order of their branches, whatever moved first', () => {
    const story = new Story(aDefinition([anEach('each', 'a', { next: [] }), loose('a', { next: ['b'] }), loose('b')]), list(...'abcdefghijkl'));
    const last = story.tokens.at(-1)!;
    story.tell({ type: 'step-succeeded', key: last.key, run: last.run, attempt: 1, claim: story.process.claim, patch: { set: {}, remove: [] } });
    story.tell(story.restart(1));
    expect(standing(story).slice(1)).toEqual([...'abcdefghijkl'].map((item, i) => `1/${i} a ${item} ${i}`));
  });
});

describe('a restart and what listens', () => {
  const whole = { ...aStage('order (within)', 'a', { within: 1000 }) } as StageNode;
  const nodes = (end: readonly string[]) => [
    aStepNode('a', { next: ['b'] }),
    aStepNode('b', { next: ['c'], gate: hearing('news', { skipAhead: true, reprocess: true }) }),
    aStepNode('c', { next: end, gate: hearing('more', { skipAhead: true, reprocess: true }) }),
  ];
  const listening = (story: Story) => story.waits.filter(({ kind }) => kind === 'listener').map(({ node, listens }) => `${node} ${listens}`);
  const done = (story: Story): Story => {
    story.do('a').tell(story.answer('b', 'm1'));
    story.do('b');
    return story;
  };

  it.each([
    ['with a time limit for all', aDefinition([whole, ...nodes([])])],
    ['without', aDefinition(nodes(['end']))],
  ])('%s: what comes again listens as before it was reached, and what is done goes on', (_title, definition) => {
    const story = done(new Story(definition));
    expect(listening(story)).toEqual(['b after']);
    story.tell(story.restart(2));
    expect(story.wait('b').kind, 'the step itself waits').toBe('event');
    expect(listening(story)).toEqual(['c ahead']);
    story.tell(story.restart(1));
    expect(listening(story)).toEqual(['b ahead', 'c ahead']);
    const later = done(new Story(definition));
    later.tell(later.restart(later.process.contextVersion));
    expect(listening(later)).toEqual(['b after']);
    expect(later.wait('c').kind).toBe('event');
  });

  it('into a first stage that is not the whole: what comes after the stage listens again', () => {
    const story = new Story(aDefinition([aStage('s', 'a', { next: ['b'] }), loose('a'), aStepNode('b', { gate: hearing('news', { skipAhead: true }) })]));
    expect(listening(story)).toEqual(['b ahead']);
    story.do('a');
    expect(listening(story)).toEqual([]);
    story.tell(story.restart(1));
    expect(story.active).toEqual(['a']);
    expect(listening(story)).toEqual(['b ahead']);
  });

  it('to a version at which the flow was over leaves what listens as it is', () => {
    const beside = loose('beside', { unsolicited: true, gate: hearing('beside') });
    const story = new Story(aDefinition([aStepNode('a', { next: ['b', 'end'] }), aStepNode('b', { gate: hearing('news', { skipAhead: true }) }), beside]));
    story.tell(story.event('beside'));
    story.tell(story.succeeded('a', { branch: 'end' }));
    story.tell(story.restart(2));
    expect(story.tokens.map(({ node }) => node)).toContain('end');
    expect(listening(story)).toEqual(['b ahead']);
  });
});

describe('the places at a version', () => {
  const at = (...versions: Parameters<typeof placesAt>[0][]) => {
    const found = placesAt(versions as never);
    return [...found].map(([key, place]) => `${key} ${place.node} ${place.item ?? '-'} ${place.version ?? '-'}`);
  };

  it('a new life forgets the places of the old one, and what was in them', () => {
    expect(at([['0', 'f'], ['0/0', 'a'], ['0/1', 'b']] as never, [['1', 'f'], ['1/0', 'a']] as never, [['1', 'g']] as never)).toEqual(['1 g - 3']); // prettier-ignore
  });

  it('a node that is entered again has no branches of before', () => {
    expect(at([['0', 'f'], ['0/0', 'a'], ['0/0/0', 'b'], ['0/1', 'c']] as never, [['0/0', 'd']] as never)).toEqual(['0 f - 1', '0/1 c - 1', '0/0 d - 2']); // prettier-ignore
    expect(
      at(
        [
          ['0', 'f'],
          ['0/0', 'a'],
        ] as never,
        [['0/0']] as never,
        [['0', 'g']] as never,
      ),
    ).toEqual(['0 g - 3']);
  });

  it('a new name is given to who stands at a step, and to nobody who is gone or at the start', () => {
    expect(
      at([
        ['0', 'e', ['x']],
        ['1/9', 'no', null],
      ] as never),
    ).toEqual([]);
    expect(
      at([
        ['0', 'e', ['x']],
        ['0/0', 'new', null],
        ['0', 'list', null],
        ['0/7', 'gone', null],
      ] as never),
    ).toEqual([`0 list - 1`, `0/0 ${AT_START} x -`]);
  });

  it('names follow all renamings, and only what was renamed', () => {
    expect(calledAfter([{ a: 'b' }, { b: 'c', toString: 'no' }], 'a')).toBe('c');
    expect(calledAfter([{ a: 'b' }], 'z')).toBe('z');
    expect(calledAfter([{ a: 'b' }], 'constructor')).toBe('constructor');
    expect(calledAfter([{ toString: 'text' }], 'toString')).toBe('text');
  });
});
