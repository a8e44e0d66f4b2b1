/** When the items of a list begin, and what becomes of those that have not. */
import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../lib/core/change.js';
import { isActive, type Token } from '../../lib/core/token.js';
import type { WaitState } from '../../lib/core/wait.js';
import { aDefinition, aFork, anEach, aProcess, aRace, aStepNode, aToken, NOON, NOTHING } from './builders.js';
import { decideOn, Story, tellOn } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const items = (size: number) => ({ items: () => Array.from({ length: size }, (_, i) => `i${i}`) });
const numbers = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);

const BOTH = aDefinition([aFork('both', ['list', 'other'], ['z']), anEach('list', 'a', { next: [] }), anEach('other', 'b', { next: [] }), loose('a'), loose('b'), aStepNode('z')]); // prettier-ignore
const container = (key: string, node: string, open: number, todo: readonly [number, number]): Token =>
  ({ key, node, run: 1, does: 'branches', attempt: 1, since: NOON, open, todo }); // prettier-ignore

/** `running` of `size` items of the list run, the others have their turn to come; and so many bodies run beside. */
function standing(running: number, size: number, beside: number): Snapshot {
  const waits = numbers(running, size).map((i): WaitState => ({ token: aToken({ key: `0/0/${i}`, node: 'a', run: 0, index: i }), waitsFor: { kind: 'turn' } })); // prettier-ignore
  const tokens: Token[] = [
    { key: '0', node: 'both', run: 1, does: 'branches', attempt: 1, since: NOON, open: 2 },
    container('0/0', 'list', size, [running, size]),
    container('0/1', 'other', beside, [beside, beside]),
    ...numbers(0, running).map((i) => aToken({ key: `0/0/${i}`, node: 'a', run: 10 + i, index: i })),
    ...numbers(0, beside).map((i) => aToken({ key: `0/1/${i}`, node: 'b', run: 1000 + i, index: i })),
  ];
  return { process: aProcess({ tokens, runs: 2000 }), waits: new Map(waits.map((wait) => [wait.token.key, wait])), messages: new Map() };
}

/** The bodies of the list and beside it, once a body beside it has ended. */
function afterOneMore(snapshot: Snapshot): string {
  const change = decideOn(BOTH, snapshot, { type: 'step-succeeded', key: '0/1/0', run: 1000, attempt: 1, claim: 1, patch: NOTHING, by: 'w' }, NOON)!;
  const active = change.process.tokens.filter(isActive);
  return `${active.filter(({ node }) => node === 'a').length} beside ${active.filter(({ node }) => node === 'b').length}`;
}

describe('items that have not begun', () => {
  it.each([
    ['none begins while more than 32 bodies run', standing(20, 90, 14), '20 beside 13'],
    ['the row is filled up once 32 run', standing(20, 90, 13), '52 beside 12'],
    ['those that are left begin', standing(20, 25, 13), '25 beside 12'],
    ['one begins where none has, though many others run', standing(0, 9, 60), '1 beside 59'],
    ['one that runs is enough for that', standing(1, 9, 60), '1 beside 59'],
    ['all that fit begin where none has', standing(0, 90, 3), '62 beside 2'],
  ])('%s', (_title, snapshot, after) => {
    expect(afterOneMore(snapshot)).toBe(after);
  });

  it('are read together', () => {
    const told = { type: 'step-succeeded', key: '0/1/0', run: 1000, attempt: 1, claim: 1, patch: NOTHING, by: 'w' } as const;
    const decision = tellOn(BOTH, { ...standing(20, 23, 3), waits: new Map(), asked: new Set() }, told, NOON);
    expect(decision).toEqual({ needs: ['0/0/20', '0/0/21', '0/0/22'] });
  });

  it('wait in a row of their own, with no visit yet', () => {
    const story = new Story(aDefinition([aStepNode('first', { next: ['list'] }), anEach('list', 'a', { concurrency: 1 }), loose('a')]), items(2));
    story.now += 5;
    story.do('first');
    expect([...story.book.waits.values()]).toEqual([
      { token: { key: '0/1', node: 'a', run: 0, does: 'run', attempt: 1, since: NOON + 5, item: 'i1', index: 1, previous: 2 }, waitsFor: { kind: 'turn' } },
    ]);
  });

  it('do not begin while the list has failed', () => {
    const story = new Story(aDefinition([anEach('list', 'a', { concurrency: 1 }), loose('a')]), items(3));
    const [list, ...others] = story.process.tokens;
    story.book.process = { ...story.process, tokens: [{ ...list!, fault: 'no' }, ...others], status: 'failed' };
    story.tell(story.succeeded('a'));
    expect(story.active).toEqual([]);
  });
});

describe('a list in a branch that has lost its race', () => {
  const race = (branches: readonly string[], next: readonly string[] = ['z']) =>
    aDefinition([aRace('race', branches, 'finish', next), loose('fast'), anEach('list', 'a', { next: [], concurrency: 1 }), loose('a'), aStepNode('z')]);

  it('forgets the items that have not begun, and lets the one that runs end', () => {
    const story = new Story(race(['fast', 'list'], []), items(4)).do('fast');
    const key = story.token('list').key;
    expect(story.last.waits).toEqual({ clear: false, kill: [], delete: [1, 2, 3].map((i) => `${key}/${i}`), put: [] });
    expect(story.token('list')).toEqual({ key, node: 'list', run: story.token('list').run, does: 'branches', attempt: 1, since: NOON, open: 1 });
    expect(story.status).toBe('running');
    expect(story.do('a').status).toBe('completed');
  });

  it('ends at once if none has begun', () => {
    const story = new Story(race(['list', 'end']), items(3));
    expect(story.tokens.map(({ node }) => node)).toEqual(['z']);
    expect(story.waits).toEqual([]);
    expect(story.do('z').status).toBe('completed');
  });

  it('that none of has begun is one branch fewer of the fork it is in', () => {
    const nodes = [aRace('race', ['both', 'end'], 'finish', ['z']), aFork('both', ['list', 'slow'], []), anEach('list', 'a', { next: [] }), loose('a'), loose('slow'), aStepNode('z')]; // prettier-ignore
    const story = new Story(aDefinition(nodes), items(3));
    expect(story.token('both')).toMatchObject({ open: 1 });
    expect(story.tokens.map(({ node }) => node).sort()).toEqual(['both', 'slow', 'z']);
    expect(story.do('slow').tokens.map(({ node }) => node)).toEqual(['z']);
  });

  it('forgets those after the ones that have ended, too', () => {
    const story = new Story(race(['fast', 'list']), items(4)).do('a', 'fast');
    expect(story.token('list')).toMatchObject({ open: 1 });
    expect(story.do('a').tokens.map(({ node }) => node)).toEqual(['z']);
  });
});
