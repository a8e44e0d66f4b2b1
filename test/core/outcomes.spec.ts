/** What comes of bodies, of their workers and of times, in full. */
import { describe, expect, it } from 'vitest';
import { isToldOf } from '../../lib/core/process-update.js';
import { retryPause } from '../../lib/core/retry.js';
import type { StepToken } from '../../lib/core/token.js';
import type { Retry } from '../../lib/definition/graph.js';
import { aDefinition, aFork, aLine, aMessage, aRace, aStage, aStepNode, hearing, NOON, NOTHING, ONCE } from './builders.js';
import { Story, type Told } from './story.js';

const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });
const TWICE: Retry = { ...ONCE, attempts: 2 };
const CHILD = { for: 'child', workflow: 'errand', detached: false, onParentCancel: 'cancel' } as const;
const ASKING = { for: 'response', request: 'ask' } as const;
const childOf = (story: Story, node: string): Told => ({ type: 'child-requested', ...story.speaker(node), values: {} });
const ended = (story: Story, node: string, status: string, id = 'm'): Told => {
  const { key, run, address } = story.wait(node);
  return { type: 'message-received', key, run, message: aMessage(id, { address: address!, body: { processId: 'c', version: 1, status } }) };
};

describe('a child', () => {
  it('has an id of its own for each try, which is on record', () => {
    const story = new Story(aDefinition([aStepNode('send', { gate: CHILD, retry: { ...ONCE, attempts: 3 } })]));
    const ids: unknown[] = [];
    for (const i of [1, 2, 3]) {
      story.tell(childOf(story, 'send'));
      ids.push(story.last.records.at(-1)!.detail);
      expect(story.wait('send')).toMatchObject({ kind: 'child', children: i, does: 'request' });
      if (i < 3) story.tell(ended(story, 'send', 'cancelled', `m${i}`));
    }
    const { run } = story.wait('send');
    expect(ids).toEqual([`p.${run}`, `p.${run}.1`, `p.${run}.2`]);
    expect(story.token('send')).toBeUndefined();
  });

  it('that completed has answered', () => {
    const story = new Story(aDefinition([aStepNode('send', { gate: CHILD, compensates: true })]));
    story.tell(childOf(story, 'send'));
    story.tell(ended(story, 'send', 'completed'));
    expect(story.last.versions).toMatchObject([{ step: 'send', undo: { reached: 'answered', message: 'm' } }]);
    expect(story.last.records).toMatchObject([{ type: 'message-delivered', step: 'send', detail: 'm' }]);
  });

  it('is started by no step that has none', () => {
    const story = new Story(aDefinition([aStepNode('ask', { gate: ASKING })]));
    expect(story.tell(childOf(story, 'ask'))).toBeNull();
  });

  it('is not started any more where everything is undone', () => {
    const story = new Story(aDefinition([aStepNode('send', { gate: CHILD })]));
    const told = childOf(story, 'send');
    story.tell({ type: 'cancelled', compensate: true });
    story.tell(told);
    expect(story.last.messages).toEqual([]);
    expect(story.last.records).toMatchObject([{ type: 'step-skipped', step: 'send', reason: 'it was to end where it was' }]);
    expect(story.tokens).toMatchObject([{ does: 'undo', open: 0 }]);
  });
});

describe('a body that asks for another run', () => {
  it('counts no try, as often as it does', () => {
    const story = new Story(aDefinition([aStepNode('a')]));
    for (const forgiven of [1, 2, 3]) {
      story.tell(story.deferred('a', { afterMs: 0 }));
      expect(story.token('a')).toMatchObject({ attempt: forgiven + 1, forgiven });
    }
  });

  it('ends where it is if everything is undone', () => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true })]));
    const told = story.deferred('a', { afterMs: 5 });
    story.tell({ type: 'cancelled', compensate: true });
    story.tell(told);
    expect(story.waits).toEqual([]);
    expect(story.tokens).toMatchObject([{ does: 'undo', open: 0 }]);
  });
});

describe('a step says what only an undo can say', () => {
  it.each(['visit-undone', 'all-undone'] as const)('%s: nothing comes of it', (type) => {
    const story = new Story(aLine('a', 'b'));
    expect(story.tell({ type, ...story.speaker('a'), step: 'a', undone: 1, patch: NOTHING, notes: [{ text: 'no', at: NOON }] } as Told)).toBeNull();
  });

  it.each(['step-succeeded', 'step-paused', 'response-requested'] as const)('and an undo says what only a step can say: %s', (type) => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true, next: ['b'] }), aStepNode('b', { after: 5 })])).do('a');
    story.tell({ type: 'cancelled', compensate: true });
    const { key, run, attempt } = story.tokens[0]!;
    expect(story.tell({ type, key, run, attempt, claim: story.process.claim, patch: NOTHING, reason: 'no' } as Told)).toBeNull();
  });
});

describe('a visit that is overdue', () => {
  const timer = (story: Story) => [...story.book.waits.values()].find(({ token }) => token.key.includes('~o'))!;
  function remindedOf(): Story {
    const story = new Story(aDefinition([aStepNode('a', { overdue: 50, gate: hearing('news') })]));
    const { token } = timer(story);
    story.now += 50;
    story.tell({ type: 'came-due', key: token.key, run: token.run });
    return story;
  }
  const by = (story: Story) => {
    const { key, run, attempt } = story.tokens.find(({ does }) => does === 'remind')!;
    return { key, run, attempt, claim: story.process.claim };
  };

  it('is told of once, beside it, from now on', () => {
    const story = remindedOf();
    expect(story.tokens).toEqual([{ key: '0~r1', node: 'a', run: 1, does: 'remind', attempt: 1, since: NOON + 50 }]);
    expect(timer(story)).toEqual({ token: { key: '0~o1', node: 'a', run: 1, does: 'remind', attempt: 1, since: NOON }, waitsFor: { kind: 'overdue' } });
    expect(story.last.records).toMatchObject([{ type: 'step-overdue', step: 'a', run: 1 }]);
  });

  it('the values that the reminder changes are kept, whether they are set or removed', () => {
    const story = remindedOf();
    story.tell({ type: 'step-succeeded', ...by(story), patch: { set: { told: true }, remove: ['late'] } });
    expect(story.last.versions).toMatchObject([{ step: 'a', patch: { told: true }, removed: ['late'] }]);
    const other = remindedOf();
    other.tell({ type: 'step-succeeded', ...by(other), patch: NOTHING });
    expect(other.last.versions).toEqual([]);
  });

  it('a reminder that kills its workers is given up, and the visit goes on', () => {
    const story = remindedOf();
    for (let i = 1; i <= 7; i++) {
      story.tell({ type: 'suspect-began', ...by(story) });
      story.tell({ type: 'worker-lost', worker: 'w' });
    }
    expect(story.tokens).toEqual([]);
    expect(story.process).toMatchObject({ status: 'waiting', worker: null });
  });
});

describe('a worker that is gone', () => {
  it('was in the bodies that had begun, and in nothing else', () => {
    const beside = loose('beside', { unsolicited: true, gate: hearing('beside') });
    const story = new Story(aDefinition([aFork('both', ['a', 'b']), loose('a'), loose('b', { onError: 'fail' }), beside]));
    for (const id of ['m1', 'm2']) story.tell(story.event('beside', id));
    story.tell({ type: 'worker-lost', worker: 'w' });
    const [first, second] = story.tokens.filter(({ node }) => node === 'beside');
    expect(story.token('both')).toMatchObject({ attempt: 1 });
    expect(story.token('a')).toMatchObject({ attempt: 2, crashes: 1 });
    expect(first).toMatchObject({ attempt: 2, crashes: 1 });
    expect(second, 'it was not its turn').toMatchObject({ attempt: 2, forgiven: 1 });
    expect(second).not.toHaveProperty('crashes');
  });

  it('by a shutdown was killed by nobody', () => {
    const story = new Story(aLine('a'));
    story.tell({ type: 'worker-lost', worker: 'w', graceful: true });
    expect(story.token('a')).toMatchObject({ attempt: 2, forgiven: 1 });
    expect(story.token('a')).not.toHaveProperty('crashes');
  });

  it('while it undid: that is another try, and nothing is forgiven that has no tries', () => {
    const story = new Story(aDefinition([aStepNode('a', { compensates: true, next: ['b'] }), aStepNode('b', { after: 5 })])).do('a');
    story.tell({ type: 'cancelled', compensate: true });
    story.tell({ type: 'worker-lost', worker: 'w', graceful: true });
    expect(story.tokens).toMatchObject([{ does: 'undo', attempt: 2 }]);
    expect(story.tokens[0]).not.toHaveProperty('forgiven');
  });
});

describe('a time that is over', () => {
  it('is on record with what did not come, and the request is made again', () => {
    const story = new Story(aDefinition([aStepNode('ask', { gate: ASKING, within: 100, retry: { ...ONCE, attempts: 3 } })]));
    story.tell(story.asked('ask'));
    story.tell(story.answer('ask'));
    story.tell(story.deferred('ask')); // waits for the next answer
    expect(story.wait('ask').does).toBe('run');
    story.wake('ask');
    expect(story.last.records).toMatchObject([{ type: 'step-timed-out', step: 'ask', error: 'nothing came within the time given (response)' }]);
    expect(story.token('ask')).toMatchObject({ does: 'request', attempt: 3 });
  });

  it('lets a step that asks nothing run again', () => {
    const story = new Story(aDefinition([aStepNode('a', { after: 200, within: 100, retry: TWICE })]));
    story.wake('a');
    expect(story.token('a')).toMatchObject({ does: 'run', attempt: 2 });
    const input = new Story(aDefinition([aStepNode('a', { gate: { for: 'input' }, within: 100 })]));
    expect(input.wait('a')).toMatchObject({ kind: 'input', dueAt: NOON + 100 });
  });

  const stage = (given = {}) => aDefinition([aStage('s', 'a', { within: 100, ...given }), loose('a', { gate: hearing('news') })]);

  it('for a stage is on record, and a suspended one has its time anew', () => {
    const story = new Story(stage({ onError: 'suspend' })).wake('s');
    expect(story.last.records).toMatchObject([
      { type: 'step-timed-out', step: 's', error: 'it took longer than its within' },
      { type: 'process-suspended', step: 's', error: 's: it took longer than its within' },
    ]);
    expect(story.token('s')).toMatchObject({ deadline: NOON + 200, since: NOON + 100 });
    expect(story.wait('s')).toMatchObject({ dueAt: NOON + 200 });
  });

  it('for an earlier visit to the stage is no time of this one', () => {
    const story = new Story(stage());
    const timer = [...story.book.waits.values()].find(({ waitsFor }) => waitsFor.kind === 'timer')!;
    const key = '0~d99';
    story.now += 100;
    const snapshot = { process: story.process, waits: new Map([[key, { ...timer, token: { ...timer.token, key, run: 99 } }]]), messages: new Map() };
    expect(story.decide({ type: 'came-due', key, run: 99 }, snapshot)).toBeNull();
  });

  it('for a stage in which something is undone is only recorded', () => {
    const nodes = [aStage('outer', 'inner', { within: 100, required: false }), aStage('inner', 'a', { next: [], onError: 'compensate', required: false }), loose('a', { next: ['b'], compensates: true }), loose('b')]; // prettier-ignore
    const story = new Story(aDefinition(nodes)).do('a');
    story.tell(story.failed('b'));
    story.wake('outer');
    expect(story.last.records).toMatchObject([{ type: 'step-timed-out', step: 'outer' }]);
    expect(story.tokens.map(({ does }) => does)).toEqual(['branches', 'branches', 'undo']);
  });

  it('of a step leaves no other row alone or deleted', () => {
    const story = new Story(aDefinition([aStepNode('a', { within: 100, next: ['b'] }), aStepNode('b')])).do('a');
    expect(story.last.waits).toEqual({ clear: false, kill: [], delete: [], put: [] });
  });
});

describe('an event that the flow waits for', () => {
  it('is on record, and handled on the queue of its step', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: hearing('news'), queue: 'q' })]));
    expect(story.last.records).toMatchObject([{ type: 'process-started' }, { type: 'event-awaited', step: 'a', detail: 'news' }]);
    story.tell(story.answer('a'));
    expect(story.wait('a')).toMatchObject({ kind: 'task', queue: 'q', message: 'm' });
  });

  it('moves the flow ahead once, though several steps listen', () => {
    const nodes = [
      aStepNode('a', { next: ['b'] }),
      aStepNode('b', { next: ['c'], gate: hearing('news', { skipAhead: true }) }),
      aStepNode('c', { gate: hearing('news', { skipAhead: true }) }),
    ];
    const story = new Story(aDefinition(nodes));
    const [b, c] = story.waits.filter(({ kind }) => kind === 'listener').map(({ key, run }) => ({ key, run }));
    story.tell({ type: 'message-received', ...b!, also: [c!], message: aMessage('m', { address: 'e:news:g' }) });
    expect(story.active).toEqual(['b']);
    expect(story.last.records.filter(({ type }) => type === 'message-delivered')).toMatchObject([{ step: 'b' }]);
  });

  it('that was handled once more beside the flow leaves its listener as it is', () => {
    const story = new Story(aDefinition([aStepNode('a', { gate: hearing('news', { reprocess: true }), next: ['b'] }), aStepNode('b', { after: 9 })]));
    story.tell(story.answer('a'));
    const listener = () => story.waits.find(({ kind }) => kind === 'listener')!;
    story.do('a');
    const { key, run } = listener();
    story.tell({ type: 'message-received', key, run, message: aMessage('again', { address: 'e:news:g' }) });
    expect(listener()).toMatchObject({ key, run });
    expect(story.do('a').tokens.filter(({ parked }) => parked === 'listener')).toMatchObject([{ key, run }]);
    expect(story.wait('b')).toMatchObject({ kind: 'timer' });
  });

  it('has a key that is asked for by the name of the step', () => {
    const asked: string[] = [];
    const nodes = [aStepNode('a', { next: ['b'] }), aStepNode('b', { gate: hearing('news', { skipAhead: true, keyed: true }) })];
    const key = (node: string) => {
      asked.push(node);
      return `${node} ${asked.length}`;
    };
    const story = new Story(aDefinition(nodes), { key }).do('a');
    expect(new Set(asked)).toEqual(new Set(['b']));
    expect(story.wait('b').kind).toBe('event');
    const other = new Story(aDefinition([aFork('both', ['a', 'c'], ['b']), loose('a'), loose('c'), nodes[1]!]), { key: (node) => `${node}` }).do('a');
    expect(other.waits).toMatchObject([{ kind: 'listener', address: 'e:news:b' }]);
  });
});

describe('a request under an id of theirs', () => {
  it('is over when its visit ends while it is to be made again', () => {
    const story = new Story(aDefinition([aStepNode('ask', { gate: ASKING, within: 100, retry: TWICE })]));
    story.tell(story.asked('ask', 'C-1'));
    story.wake('ask');
    expect(story.token('ask')).toMatchObject({ does: 'request', correlation: 'C-1' });
    expect(story.last.messages).toEqual([]);
    story.tell({ type: 'cancelled' });
    expect(story.last.messages).toMatchObject([{ disposition: 'late', processId: 'p', address: expect.stringContaining('C-1') }]);
  });
});

describe('a person', () => {
  it('skips no task that somebody has, also where it may lose its race', () => {
    const story = new Story(aDefinition([aRace('race', ['a', 'b'], 'finish'), loose('a'), loose('b', { queue: 'q' })]));
    const { key, run } = story.wait('b');
    story.take('b');
    expect(story.tell({ type: 'skipped', key, run, patch: NOTHING })).toBeNull();
  });

  it('who lets the process go on begins what came meanwhile, and nothing twice', () => {
    const story = new Story(aDefinition([aFork('both', ['a', 'b']), loose('a', { next: ['c'] }), loose('b'), loose('c')]));
    story.tell({ type: 'suspended' });
    story.do('a');
    story.tell({ type: 'resumed' });
    expect(story.token('b')).not.toHaveProperty('idle');
    expect(story.token('c')).not.toHaveProperty('idle');
  });

  it('who suspends it takes no worker from a body; the pause of one body none from another', () => {
    const story = new Story(aDefinition([aFork('both', ['a', 'b']), loose('a'), loose('b')]));
    story.tell(story.paused('a'));
    expect(story.process).toMatchObject({ status: 'suspended', worker: 'w' });
    story.do('b');
    expect(story.process).toMatchObject({ status: 'suspended', worker: null });
  });

  it('who decides about a message of the outbox is on record', () => {
    const story = new Story(aLine('a'));
    story.tell({ type: 'message-unsent', sending: { id: 'o1', step: 'a', sender: 'CLIENT' }, as: 'replayed' });
    expect(story.last.records).toMatchObject([{ type: 'send-replayed', step: 'a', detail: 'o1 to CLIENT' }]);
    expect(isToldOf([{ type: 'send-replayed' }, { type: 'note' }] as never)).toBe(true);
    expect(isToldOf([{ type: 'send-replayed' }] as never)).toBe(false);
  });
});

describe('a migration', () => {
  it('moves who stands in the flow, and not who stands beside it; a wait that is gone moves nobody', () => {
    const beside = (name: string) => loose(name, { unsolicited: true, gate: hearing('beside') });
    const graph = (version: number, [a, b]: readonly [string, string]) => aDefinition([aStepNode(a, { after: 9 }), beside(b)], { version });
    const story = new Story(graph(1, ['a', 'b']));
    story.tell(story.event('b'));
    story.tell(story.failed('b'));
    Object.assign(story, { definition: graph(2, ['c', 'd']) });
    const steps = new Map([['a', 'c'], ['b', 'd']]); // prettier-ignore
    story.tell({ type: 'migrated', to: 2, revision: story.process.revision, steps, values: {}, waits: ['0', 'gone'] });
    expect(story.last.versions[0]!.moves).toEqual([['0', 'c', null]]);
    expect(story.tokens).toMatchObject([{ node: 'd', fault: 'Error: no' }]);
    expect(story.wait('c')).toMatchObject({ kind: 'timer' });
  });
});

describe('the pause before another try', () => {
  it('with jitter is between a half and the whole', () => {
    const policy: Retry = { ...ONCE, attempts: 3, delayMs: 100, jitter: true };
    expect([0, 0.5, 1].map((random) => retryPause(policy, 1, random))).toEqual([50, 75, 100]);
    expect(retryPause({ ...policy, jitter: false }, 1, 0)).toBe(100);
  });
});

it('a task that begins is on record with the moment it began', () => {
  const story = new Story(aDefinition([aStepNode('a', { queue: 'q' })])).take('a', 't');
  story.now += 30;
  story.tell({ ...story.succeeded('a'), begunAt: NOON + 10 } as Told);
  expect(story.last.records[0]).toMatchObject({ type: 'task-triggered', detail: 'q', worker: 't', at: NOON + 10 });
  expect((story.process.tokens as StepToken[]).length).toBe(0);
});
