/** Steps that hear their event before they are reached, or after they are done. */
import { describe, expect, it } from 'vitest';
import { FactError } from '../../lib/core/facts.js';
import { reachedFrom, stepsBetween } from '../../lib/core/reach.js';
import type { StageNode } from '../../lib/definition/graph.js';
import { aChoice, aDefinition, aFork, aMessage, anEach, aStage, aStepNode, hearing, NOON, NOTHING } from './builders.js';
import { Story, type Told } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const listeners = (story: Story) => [...story.book.waits.values()].filter(({ waitsFor }) => waitsFor.kind === 'listener');
const listening = (story: Story) => listeners(story).map(({ token }) => `${token.node} ${'listens' in token ? token.listens : ''}`);
const heard = (story: Story, node: string, id = 'm'): Told => {
  const { token, waitsFor } = listeners(story).find((wait) => wait.token.node === node)!;
  return { type: 'message-received', key: token.key, run: token.run, message: aMessage(id, { address: (waitsFor as { address: string }).address }) };
};

describe('a step listens', () => {
  const line = aDefinition([
    aStepNode('a', { next: ['b'] }),
    aStepNode('b', { next: ['c'], gate: hearing('news', { skipAhead: true }) }),
    aStepNode('c', { next: ['d'], gate: hearing('more', { reprocess: true }) }),
    aStepNode('d', { next: ['e'], gate: hearing('plain') }),
    aStepNode('e', { gate: { for: 'response', request: 'ask' } }),
  ]);

  it('before it is reached only with `skipAhead`, in a row of its own and with a copy', () => {
    const story = new Story(line);
    expect(listeners(story)).toEqual([
      {
        token: { key: 'l1', node: 'b', run: 1, does: 'run', attempt: 1, since: NOON, listens: 'ahead' },
        waitsFor: { kind: 'listener', address: 'e:news:g', dueAt: null },
      },
    ]);
    expect(story.tokens.find(({ key }) => key === 'l1')).toMatchObject({ parked: 'listener', address: 'e:news:g' });
  });

  it('after it is done only with `reprocess`, from then on', () => {
    const story = new Story(line).do('a');
    story.tell(story.answer('b', 'm1'));
    story.do('b').tell(story.answer('c', 'm2'));
    story.now += 5;
    expect(listening(story.do('c'))).toEqual(['c after']);
    expect(listeners(story)[0]!.token).toMatchObject({ attempt: 1, does: 'run', since: NOON + 5 });
    story.tell(story.answer('d', 'm3'));
    expect(listening(story.do('d'))).toEqual(['c after']);
  });

  it('again once it was skipped, with `skipAhead`', () => {
    const story = new Story(line).do('a');
    const skip = (node: string) => story.tell({ type: 'skipped', key: story.wait(node).key, run: story.wait(node).run, patch: NOTHING });
    skip('b');
    expect(listening(story)).toEqual(['b ahead']);
    skip('c');
    skip('d');
    expect(listening(story)).toEqual(['b ahead']);
  });

  it('once, though several items have come to it', () => {
    const each = aDefinition([anEach('each', 'a', { next: ['z'] }), loose('a', { gate: hearing('news', { reprocess: true }) }), aStepNode('z')]);
    const story = new Story(each, { items: () => ['x', 'y'] });
    for (const id of ['m1', 'm2']) {
      story.tell(story.answer('a', id));
      story.do('a');
    }
    expect(listening(story)).toEqual(['a after']);
  });

  it('under the same key until that changes', () => {
    const keyed = aDefinition([aStepNode('a', { next: ['b'] }), aStepNode('b', { next: ['c'] }), aStepNode('c', { gate: hearing('news', { skipAhead: true, keyed: true }) })]); // prettier-ignore
    const story = new Story(keyed, { key: () => 'one' }).do('a');
    expect(story.last.waits.put).toEqual([]);
    story.facts = { ...story.facts, key: () => 'two' };
    expect(story.decide(story.succeeded('b'))!.waits.delete).toHaveLength(1);
  });

  it('and no migration, skip or restart of another step ends that', () => {
    const story = new Story(line);
    story.tell(story.failed('a', { permanent: true }));
    story.tell({ type: 'retried' });
    expect(listening(story)).toEqual(['b ahead']);
  });
});

describe('an event before its step is reached', () => {
  const nodes = [
    aFork('both', ['x', 'y'], ['mid']),
    loose('x', { gate: { for: 'input' } }),
    loose('y'),
    aChoice('mid', 'b', 'c'),
    aStepNode('b', { next: ['c'] }),
    aStepNode('c', { next: ['d'], gate: hearing('news', { skipAhead: true }) }),
    aStepNode('d', { next: ['b', 'end'] }),
  ];
  const skipped = (story: Story) => story.last.records.filter(({ type }) => type === 'step-skipped').map(({ step, run }) => [step, run]);

  it('skips the visits under way in their order, and then the steps between: no container, no choice, nothing behind it', () => {
    const story = new Story(aDefinition(nodes));
    const { run } = story.wait('x');
    story.tell(heard(story, 'c'));
    expect(skipped(story)).toEqual([['x', run], ['y', run + 1], ['b', null]]); // prettier-ignore
    const reasons = new Set(story.last.records.filter(({ type }) => type === 'step-skipped').map(({ reason }) => reason));
    expect([...reasons]).toEqual(['its turn was passed: the event for "c" came']);
    expect(story.last.records.at(-1)).toMatchObject({ type: 'message-delivered', step: 'c', detail: 'm' });
    expect(story.tokens.map(({ key, node }) => `${key} ${node}`)).toEqual(['1 c']);
  });

  it('skips no item that has not begun', () => {
    const list = [anEach('each', 'x', { next: ['c'], concurrency: 1 }), loose('x'), aStepNode('c', { gate: hearing('news', { skipAhead: true }) })];
    const story = new Story(aDefinition(list), { items: () => ['i', 'j'] });
    story.tell(heard(story, 'c'));
    expect(skipped(story)).toEqual([['x', expect.any(Number)]]);
  });

  it('skips the first visit of all, too', () => {
    const story = new Story(aDefinition([aStepNode('a', { next: ['c'] }), aStepNode('c', { gate: hearing('news', { skipAhead: true }) })]));
    const { token } = listeners(story)[0]!;
    story.book.process = { ...story.process, tokens: story.process.tokens.map((each) => (each.key === '0' ? { ...each, run: 1 } : each)) };
    story.tell({ type: 'message-received', key: token.key, run: token.run, message: aMessage('m', { address: 'e:news:g' }) });
    expect(skipped(story)).toEqual([['a', 1]]);
  });

  it('moves the flow within the time limit for all', () => {
    const whole = { ...aStage('order (within)', 'a', { within: 100 }) } as StageNode;
    const story = new Story(aDefinition([whole, loose('a', { next: ['c'] }), loose('c', { gate: hearing('news', { skipAhead: true }) })]));
    story.tell(heard(story, 'c'));
    expect(story.active).toEqual(['c']);
    expect(story.token('order (within)')).toMatchObject({ key: '1', open: 1, deadline: NOON + 100 });
    expect(story.do('c').status).toBe('completed');
  });

  it('of which the time limit cannot be told fails there, and does not run', () => {
    const limited = [aStepNode('a', { next: ['c'] }), aStepNode('c', { within: 'asked', gate: hearing('news', { skipAhead: true }) })];
    const story = new Story(aDefinition(limited), { within: () => new FactError('within: no') });
    story.tell(heard(story, 'c'));
    expect(story.process).toMatchObject({ status: 'failed', cause: 'c: within: no' });
    expect(story.active).toEqual([]);
    expect(story.records).not.toContain('message-delivered c');
  });
});

describe('while something is undone', () => {
  const staged = aDefinition([
    aStepNode('first', { next: ['way'], gate: hearing('again', { reprocess: true }) }),
    aChoice('way', 'stage', 'other'),
    aStage('stage', 'a', { next: ['c'], required: false, onError: 'compensate' }),
    aStepNode('a', { next: ['b'], compensates: true }),
    aStepNode('b', { next: [] }),
    aStepNode('c', { gate: hearing('news', { skipAhead: true }) }),
    aStepNode('other', { gate: hearing('gone', { skipAhead: true }) }),
  ]);

  it('an event that moves the flow is not taken; one that is handled beside it is', () => {
    const story = new Story(staged);
    story.tell(story.answer('first', 'm0'));
    story.do('first', 'a').tell(story.failed('b'));
    expect(story.tell(heard(story, 'c', 'm1'))).toBeNull();
    story.tell(heard(story, 'other', 'm2'));
    expect(story.last.records).toMatchObject([{ type: 'message-delivered', step: 'other', detail: 'm2' }]);
    story.tell(heard(story, 'first', 'm3'));
    expect(story.last.records).toMatchObject([{ type: 'message-delivered', step: 'first', detail: 'm3' }]);
  });
});

describe('an event whose time limit cannot be told', () => {
  it('fails beside the line, and has no place in it', () => {
    const beside = loose('beside', { unsolicited: true, within: 'asked', gate: hearing('beside') });
    const story = new Story(aDefinition([aStepNode('a', { after: 1000 }), beside]), { within: (_node, now) => now + 1000 });
    for (let i = 0; i < 33; i++) story.tell(story.event('beside', `m${i}`));
    expect(story.token('').todo).toEqual([0, 1]);
    story.facts = { ...story.facts, within: () => new FactError('no') };
    story.tell(story.event('beside', 'last'));
    expect(story.token('').todo).toEqual([0, 1]);
    expect(story.tokens.filter(({ fault }) => fault === 'no')).toMatchObject([{ message: 'last' }]);
  });
});

describe('what lies ahead', () => {
  const round = aDefinition([
    aStepNode('a', { next: ['b'] }),
    aStepNode('b', { next: ['a', 'way'] }),
    aChoice('way', 'c', 'b'),
    aStepNode('c', { next: ['d', 'c'] }),
    aStepNode('d', { next: ['c', 'end'], onError: { next: 'help' } }),
    aStepNode('help'),
  ]);
  const between = (from: string, to: string) => stepsBetween(round, from, to).map(({ name }) => name);

  it('is what edges lead to, rules for errors too', () => {
    expect([...reachedFrom(round, 'c')].sort()).toEqual(['c', 'd', 'end', 'help']);
    expect([...reachedFrom(round, 'c', 'd')].sort()).toEqual(['c', 'd']);
  });

  it('between two steps are the steps on the way, though edges lead back', () => {
    expect(between('a', 'c')).toEqual(['b']);
    expect(between('b', 'c')).toEqual(['a']);
    expect(between('c', 'c')).toEqual([]);
    expect(between('c', 'help')).toEqual(['d']);
  });
});
