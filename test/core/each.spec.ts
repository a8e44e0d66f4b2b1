import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import { isActive, type Token } from '../../lib/core/token.js';
import { aDefinition, aFork, type AnyToken, aMessage, anEach, aStepNode, NOTHING } from './builders.js';
import { Story } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const items = (size: number) => ({ items: () => Array.from({ length: size }, (_, i) => `i${i}`) });
const running = (story: Story) => story.tokens.filter((token) => isActive(token as Token));
const labels = (tokens: readonly AnyToken[]) => tokens.map(({ node, item, index }) => `${node} ${String(item)} ${index}`);

function finish(story: Story, { key, run, attempt }: AnyToken): void {
  const told = { type: 'step-succeeded', key, run, attempt, claim: story.process.claim, patch: NOTHING } as const;
  expect(story.tell(told), key).not.toBeNull();
}

function finishAll(story: Story): void {
  for (let next = running(story)[0]; next; next = running(story)[0]) finish(story, next);
}

describe('an each', () => {
  it('of nothing passes', () => {
    expect(new Story(aDefinition([anEach('each', 'a', { next: ['z'] }), loose('a'), aStepNode('z')]), items(0)).active).toEqual(['z']);
  });

  it('of nothing within an item leaves that item its own', () => {
    const nodes = [anEach('outer', 'inner', { next: [] }), anEach('inner', 'a', { next: ['b'] }), loose('a'), loose('b')];
    const story = new Story(aDefinition(nodes), { items: (node) => (node === 'outer' ? ['x', 'y'] : []) });
    expect(labels(running(story))).toEqual(['b x 0', 'b y 1']);
  });

  it.each([[1], [2], [undefined]])('concurrency %s: so many at once, in order, and goes on once', (concurrency) => {
    const story = new Story(aDefinition([anEach('each', 'a', { next: ['z'], ...(concurrency && { concurrency }) }), loose('a', { next: ['b'] }), loose('b'), aStepNode('z')]), items(5)); // prettier-ignore
    const begun: unknown[] = [];
    for (let i = 0; i < 10; i++) {
      const now = running(story);
      expect(now.length).toBeLessThanOrEqual(concurrency ?? 5);
      for (const { item, node } of now) if (node === 'a' && !begun.includes(item)) begun.push(item);
      finish(story, now[0]!);
    }
    expect(begun).toEqual(['i0', 'i1', 'i2', 'i3', 'i4']);
    expect(story.active).toEqual(['z']);
  });

  it('carries its item through steps and forks, and eaches within have their own', () => {
    const nodes = [anEach('outer', 'a', { next: [] }), loose('a', { next: ['fork'] }), aFork('fork', ['b', 'inner'], ['c']), loose('b'), anEach('inner', 'd', { next: [] }), loose('d'), loose('c')]; // prettier-ignore
    const story = new Story(aDefinition(nodes), { items: (_node, { item }) => (item === undefined ? ['x'] : [`${item as string}1`, `${item as string}2`]) });
    story.do('a');
    expect(labels(running(story))).toEqual(['b x 0', 'd x1 0', 'd x2 1']);
    story.do('b', 'd', 'd');
    expect(labels(running(story))).toEqual(['c x 0']);
  });

  it('whose items cannot be told fails with its reason, and is asked again by a retry', () => {
    let found: FactError | string[] = new FactError('items threw: oh');
    const story = new Story(aDefinition([aStepNode('a', { next: ['each'] }), anEach('each', 'b'), loose('b')]), { items: () => found }).do('a');
    expect(story.process).toMatchObject({ status: 'failed', cause: 'each: items threw: oh' });
    story.tell(story.restart(2));
    expect(story.process, 'and by a restart').toMatchObject({ status: 'failed', cause: 'each: items threw: oh' });
    found = ['x', 'y'];
    story.tell({ type: 'retried' });
    expect(story.active).toEqual(['b', 'b']);
    story.do('b').tell(story.restart(story.process.contextVersion));
    expect(labels(running(story))).toEqual(['b y 1']);
  });

  it('each in each in each ends once', () => {
    const nodes = [anEach('one', 'two', { next: ['z'] }), anEach('two', 'three', { next: [] }), anEach('three', 'a', { next: [] }), loose('a'), aStepNode('z')];
    const story = new Story(aDefinition(nodes), items(3));
    for (let i = 0; i < 27; i++) finish(story, running(story)[0]!);
    expect(story.active).toEqual(['z']);
    expect(story.book.waits.size).toBe(0);
  });

  it('places in the list survive two restarts', () => {
    const story = new Story(aDefinition([anEach('each', 'a', { concurrency: 1 }), loose('a', { next: ['b'] }), loose('b')]), items(4));
    story.do('a', 'b', 'a');
    for (const _ of [1, 2]) {
      story.tell(story.restart(story.process.contextVersion));
      expect(labels(running(story))).toEqual(['b i1 1']);
    }
    story.do('b');
    expect(labels(running(story))).toEqual(['a i2 2']);
  });

  it('a restart gives turns again in the order of the list', () => {
    const story = new Story(aDefinition([anEach('each', 'a', { concurrency: 2 }), loose('a')]), items(4));
    story.tell(story.restart(1));
    expect(labels(running(story))).toEqual(['a i0 0', 'a i1 1']);
  });

  it('items that open containers later are found by a restart, though no version came when they began', () => {
    const asks = { gate: { for: 'response', request: 'how' } } as const;
    const story = new Story(aDefinition([anEach('each', 'fork'), aFork('fork', ['a', 'b'], []), loose('a', asks), loose('b', asks)]), items(80));
    for (let next = running(story)[0]; next; next = running(story)[0]) {
      const { key, run, attempt } = next;
      story.tell({ type: 'response-requested', key, run, attempt, claim: story.process.claim });
    }
    const last = story.waits.find(({ key }) => key === '0/79/0')!;
    story.tell({ type: 'message-received', key: last.key, run: last.run, message: aMessage('x', { address: last.address! }) });
    story.do('a').tell(story.restart(story.process.contextVersion));
    const stand = [...story.tokens, ...story.waits].filter(({ index }) => index === 79);
    expect(stand.filter(({ does }) => does !== 'branches').map(({ node }) => node)).toEqual(['b']);
  }, 60_000);
});

it('a restart lets items in as a fan-out does, also those that had left the start', () => {
  const story = new Story(aDefinition([anEach('each', 'a'), loose('a', { next: ['b'] }), loose('b', { queue: 'q', next: ['c'] }), loose('c')]), items(70));
  for (let i = 0; i < 70; i++) finish(story, running(story)[0]!);
  for (let i = 0; i < 70; i++) story.take('b').do('b');
  expect(story.active.length).toBe(70);
  story.tell(story.restart(story.process.contextVersion));
  expect(story.active).toHaveLength(64);
  expect(labels(running(story)).slice(0, 2)).toEqual(['c i0 0', 'c i1 1']);
  for (let i = 0; i < 70; i++) finish(story, running(story)[0]!);
  expect(story.status).toBe('completed');
}, 60_000);

/** Without the checks of a story: those read every row at every event. */
describe('many items', () => {
  const big = (given = {}) => aDefinition([anEach('each', 'a', { next: ['z'] }), loose('a', given), aStepNode('z')]);

  it('10,000 in place: few of them in the process row at any time', () => {
    const story = new Story(big(), items(10_000));
    expect(story.book.waits.size).toBe(10_000 - 64);
    let [most, done] = [0, 0];
    for (let next = running(story).find(({ node }) => node === 'a'); next; next = running(story).find(({ node }) => node === 'a')) {
      const { key, run, attempt } = next;
      const told = { type: 'step-succeeded', key, run, attempt, claim: story.process.claim, patch: NOTHING } as const;
      const change = story.decide(told)!;
      story.book.apply(change);
      most = Math.max(most, change.process.tokens.length);
      done++;
    }
    expect([done, story.active, story.book.waits.size]).toEqual([10_000, ['z'], 0]);
    expect(most).toBeLessThanOrEqual(65);
  }, 60_000);

  it('10,000 queued: all at once, each a row', () => {
    const story = new Story(big({ queue: 'q' }), items(10_000));
    expect(story.waits.every(({ kind }) => kind === 'task')).toBe(true);
    expect(story.book.waits.size).toBe(10_000);
    expect(story.process.tokens).toHaveLength(1);
    finishAll(story);
  }, 60_000);
});
