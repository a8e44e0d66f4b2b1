/** What is read for events, what is known afterwards, and what becomes of errors on the way. */
import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ProcessRequest } from '../../lib/store/port.js';
import { StoreUnavailableError } from '../../lib/values/errors.js';
import { startRequest } from '../../lib/writer/start-request.js';
import { aDefinition, aFork, aMessage, aStepNode, hearing } from '../core/builders.js';
import { aBound } from './bound.js';
import { LINE, started, turn, WriterBench } from './bench.js';

const suspend = { type: 'suspended' } as const;
const resume = { type: 'resumed' } as const;
const loose = (name: string, given = {}) => aStepNode(name, { next: [], ...given });

afterEach(() => void vi.restoreAllMocks());

describe('an event that turns out to need waits', () => {
  const nodes = [aFork('both', ['a', 'b', 'c']), loose('a', { compensates: true }), loose('b', { queue: 'q' }), loose('c', { gate: hearing('news') })];
  const undo = { type: 'cancelled', compensate: true } as const;

  it('has them read, and is decided again: from memory', async () => {
    const bench = await started(nodes);
    const applied = await bench.apply(undo);
    expect(bench.calls).toEqual(['load p', 'commit p']);
    expect(applied?.change?.records.map(({ type }) => type)).toEqual(['compensation-started']);
  });

  it('and from what was just read, with the waits that it names', async () => {
    const bench = await started(nodes);
    bench.writer.forget('p');
    await Promise.all([bench.apply({ type: 'came-due', key: '0/1', run: 3 }), bench.apply(undo)]);
    expect(bench.calls).toEqual(['load p 0/1 with values', 'load p', 'commit p']);
  });

  it('and from what was just read without any', async () => {
    const bench = await started(nodes);
    bench.writer.forget('p');
    await bench.apply(undo);
    expect(bench.calls).toEqual(['load p with values', 'load p with values', 'commit p']);
    expect(bench.tables.byId.get('p')!.waits.size).toBe(0);
  });

  it('after a restart only its values are known', async () => {
    const bench = await started();
    await bench.done({ x: 1 });
    await bench.apply({ type: 'restarted', root: 0, version: 1, values: { y: 2 }, places: new Map([['0', { node: 'a' }]]) });
    expect(bench.writer.known('p')?.context).toEqual({ y: 2 });
  });

  it('the values that are known are not read again, and are known afterwards', async () => {
    const bench = await started([aFork('both', ['a', 'b']), loose('a', { next: ['c'] }), loose('c'), loose('b', { gate: hearing('news') })]);
    await bench.done({ x: 1 });
    bench.forgetCalls();
    const { key, run } = [...bench.tables.byId.get('p')!.waits.values()][0]!.token;
    await bench.apply({ type: 'skipped', key, run, patch: { y: 2 } });
    expect(bench.calls).toEqual(['load p 0/1', 'commit p']);
    expect(bench.writer.known('p')?.context).toEqual({ x: 1, y: 2 });
  });
});

describe('messages of a batch', () => {
  it('are all read with it', async () => {
    const bench = await started([aStepNode('a', { gate: hearing('news') })]);
    const known = ['m1', 'm2'].map((id) => aMessage(id, { disposition: 'delivered', processId: 'p' }));
    for (const message of known) bench.tables.inbox.set(message.id, message);
    const first = bench.apply(suspend);
    const rest = known.map((message) => bench.apply({ type: 'message-missed', message }));
    const answers = await Promise.all([first, ...rest]);
    expect(answers.slice(1).flatMap((answer) => answer!.change!.records.map(({ type }) => type))).toEqual(['message-duplicate', 'message-duplicate']);
  });
});

describe('an event of a process whose workflow has moved on', () => {
  it('is decided by the version that a migration leads to, with the values after it', async () => {
    const bench = new WriterBench([aStepNode('a', { when: true })]);
    (bench.registry.get('order').steps as Map<string, object>).set('a', { when: () => false });
    await bench.start();
    const next = aBound();
    Object.assign(next, { definition: aDefinition([loose('b', { when: true })], { version: 2 }) });
    const seen: unknown[] = [];
    (next.steps as Map<string, object>).set('b', { when: (context: object) => (seen.push({ ...context }), false) });
    bench.registry.add(next);
    const { revision } = bench.row();
    await bench.apply({ type: 'migrated', to: 2, revision, steps: new Map([['a', 'b']]), values: { moved: 1 }, waits: ['0'] });
    expect(bench.row()).toMatchObject({ workflowVersion: 2 });
    expect(seen).toEqual([{ moved: 1 }]);
  });

  it('by the version that it has, where the other is not known here', async () => {
    const bench = await started([aStepNode('a', { after: 1000 })]);
    const { revision } = bench.row();
    const applied = await bench.apply({ type: 'migrated', to: 3, revision, steps: new Map(), values: { moved: 1 }, waits: [] } as never);
    expect(applied?.process).toMatchObject({ workflowVersion: 3 });
  });
});

describe('chance', () => {
  it('spreads a retry', async () => {
    const retry = { attempts: 2, delayMs: 1000, backoff: 'fixed', maxDelayMs: 1000, jitter: true } as const;
    const bench = await started([aStepNode('a', { retry })]);
    const { key, run } = bench.row().tokens[0]!;
    const applied = await bench.apply({ type: 'step-failed', key, run, attempt: 1, claim: 1, error: 'no', permanent: false });
    const [wait] = applied!.change!.waits.put;
    expect((wait!.waitsFor as { dueAt: number }).dueAt - bench.row().updatedAt).toBeGreaterThanOrEqual(500);
  });
});

describe('commits', () => {
  it('go out in the order in which they came, and no more at once than the store takes', async () => {
    const bench = new WriterBench(LINE);
    let release = () => {};
    bench.commits.before = () => new Promise<void>((resolve) => (release = resolve));
    const both = [bench.start('p'), bench.start('q')];
    await turn();
    expect(bench.calls).toEqual(['commit p, q']);
    const third = bench.start('r');
    await turn();
    await turn();
    expect(bench.calls, 'one is under way').toEqual([]);
    bench.commits.before = () => {};
    release();
    await Promise.all([...both, third]);
    expect(bench.calls).toEqual(['commit r']);
  });

  it('of one process have at most 64 events', async () => {
    const bench = await started();
    await Promise.all(Array.from({ length: 130 }, (_, i) => bench.apply(i % 2 === 0 ? suspend : resume)));
    expect(bench.calls).toEqual(['commit p', 'commit p', 'commit p', 'commit p']);
  });

  it('that leave a process to nobody take no room', async () => {
    const bench = new WriterBench(LINE);
    bench.worker = null;
    await bench.start();
    bench.worker = 'w';
    expect(bench.limit.room).toBe(10);
    bench.writer.forget('p');
    expect((await bench.apply({ type: 'retried' }))?.change).toBeNull();
    expect(bench.limit.room, 'nor does it when it is seen').toBe(10);
  });
});

describe('what is read while a commit is made elsewhere', () => {
  it('is not taken for the newest state', async () => {
    const bench = await started();
    const { change } = (await bench.other('w').done({ x: 1 }))!;
    bench.writer.forget('p');
    const { load } = bench.commits;
    bench.commits.load = async function (requests: readonly ProcessRequest[]) {
      const loaded = await load.call(this, requests);
      bench.writer.committedElsewhere(change!, { x: 1, newer: true });
      return loaded;
    };
    await bench.apply(resume);
    expect(bench.followed).toEqual(['2 step-completed']);
    expect(bench.writer.known('p')?.context).toEqual({ x: 1, newer: true });
  });
});

describe('an error on the way', () => {
  it('of reading a row is told to who asks; the process is left alone, with one line in the log', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const bench = await started();
    for (const _ of [1, 2]) {
      bench.writer.forget('p');
      bench.commits.readTroubles.push(new SyntaxError('no JSON'));
      expect(await bench.writer.tryToApply('p', resume)).toBe(false);
    }
    expect(warn.mock.calls).toEqual([['Process p cannot be read here (no JSON). It is left alone, and tried again after ten minutes.']]);
  });

  it.each([['known', false], ['read', true]])('of deciding about what is %s is told to who asks', async (_title, isForgotten) => {
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    const bench = await started();
    if (isForgotten) bench.writer.forget('p');
    const find = vi.spyOn(bench.registry, 'find').mockImplementation(() => {
      throw new TypeError('odd');
    });
    await expect(bench.apply(resume)).rejects.toThrow(StoreUnavailableError);
    find.mockRestore();
    expect((await bench.apply(suspend))?.change).not.toBeNull();
  }); // prettier-ignore

  it('of what follows a commit has the event decided again, which finds nothing left to do', async () => {
    const bench = await started();
    const push = vi.spyOn(bench.followed, 'push').mockImplementationOnce(() => {
      throw new Error('odd');
    });
    expect((await bench.apply(suspend))?.process.status).toBe('suspended');
    expect(push).toHaveBeenCalledTimes(2);
    expect(bench.row().revision).toBe(2);
  });
});

it('a start says which of its names is wrong', () => {
  expect(() => startRequest({ id: '' }, 'order', 5)).toThrow(/\bid\b/);
  expect(() => startRequest({ id: 'p', groupId: '' }, 'order', 5)).toThrow(/groupId/);
});
