/** Calls inside a transaction of the application: nothing is known until it commits, and each call sees those before it. */
import { describe, expect, it } from 'vitest';
import type { Change } from '../../lib/core/change.js';
import type { Rejection } from '../../lib/store/port.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import { ProcessAlreadyLiveError, StoreUnavailableError } from '../../lib/values/errors.js';
import { ProcessCommands } from '../../lib/writer/process-commands.js';
import { ProcessStarter } from '../../lib/writer/process-starter.js';
import { Uncommitted } from '../../lib/writer/uncommitted.js';
import { aProcess, aStepNode, aWait, hearing, NOTHING } from '../core/builders.js';
import { TroubledCommits, WriterBench } from './bench.js';

const LINE = [aStepNode('a', { next: ['b'] }), aStepNode('b', { next: ['c'] }), aStepNode('c')];
const suspend = { type: 'suspended' } as const;
const resume = { type: 'resumed' } as const;

/** Keeps what transactions write until a test commits or rolls back. */
class Transactions {
  readonly written: { manager: object; change: Change; done: () => void; undone: () => void }[] = [];
  readonly answers: (Rejection['reason'] | Error)[] = [];
  readonly commitWithin = async (manager: object, change: Change): Promise<Rejection | null> => {
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    if (answer) return { change, reason: answer } as Rejection;
    this.written.push({ manager, change, done: () => {}, undone: () => {} });
    return null;
  };
  readonly afterCommit = (_manager: unknown, done: () => void, undone: () => void = () => {}) =>
    void Object.assign(this.written.at(-1) ?? {}, { done, undone });
}

function within(nodes = LINE) {
  const bench = new WriterBench(nodes);
  const transactions = new Transactions();
  const commits = Object.assign(bench.commits, transactions) as unknown as TroubledCommits & Transactions;
  const taken: string[] = [];
  const uncommitted = new Uncommitted(commits as never, (change, context) => taken.push(`${change.process.id} ${change.process.revision} ${JSON.stringify(context)}`));
  const parts = { commits: commits as never, loader: bench.loader, uncommitted, limit: bench.limit };
  const commands = new ProcessCommands(bench.writer, bench.path, parts);
  const starter = new ProcessStarter({ commits } as unknown as ProcessStore, commands);
  return { bench, transactions, uncommitted, taken, commands, starter };
} // prettier-ignore

it('a call outside of a transaction that may happen once is not decided again', async () => {
  const { bench, commands } = within();
  await bench.start();
  bench.commits.troubles.push({ error: new Error('the connection has gone'), written: true });
  await expect(commands.apply('p', suspend, { once: true })).rejects.toThrow(StoreUnavailableError);
  bench.commits.troubles.push({ error: new Error('the connection has gone'), written: true });
  expect(await commands.apply('p', resume)).not.toBeNull();
});

describe('calls of one transaction', () => {
  it('see each other, and take no process', async () => {
    const { bench, transactions, taken, commands } = within();
    await bench.start();
    const manager = {};
    const answers = await Promise.all([suspend, resume, suspend, suspend].map((event) => commands.apply('p', event, { manager, actor: 'ada', reason: 'why' })));
    expect(answers.map((applied) => applied?.change?.expected ?? null)).toEqual([1, 2, 3, null]);
    expect(transactions.written[0]!.change.records[0]).toMatchObject({ actor: 'ada', reason: 'why', worker: null });
    expect(bench.row().revision, 'not committed').toBe(1);
    for (const { done } of transactions.written.splice(0)) done();
    expect(taken, 'its worker reads it again').toEqual(['p 2 null', 'p 3 null', 'p 4 null']);
  });

  it('of two transactions do not', async () => {
    const { bench, commands } = within();
    await bench.start();
    const answers = [await commands.apply('p', suspend, { manager: {} }), await commands.apply('p', suspend, { manager: {} })];
    expect(answers.map((applied) => applied?.change?.expected)).toEqual([1, 1]);
  });

  it('go on after one that fails', async () => {
    const { bench, transactions, commands } = within();
    await bench.start();
    const manager = {};
    const error = new Error('deadlock');
    transactions.answers.push(error);
    const all = await Promise.allSettled([commands.apply('p', suspend, { manager }), commands.apply('p', suspend, { manager })]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('whose savepoint is rolled back are forgotten, and only they', async () => {
    const { bench, transactions, taken, commands } = within();
    await bench.start();
    const manager = {};
    await commands.apply('p', suspend, { manager });
    await commands.apply('p', resume, { manager });
    await commands.apply('p', suspend, { manager });
    for (const { undone } of transactions.written.slice(1).toReversed()) undone(); // a savepoint in a savepoint
    const again = await commands.apply('p', resume, { manager });
    expect(again?.change?.expected).toBe(2);
    transactions.written[0]!.done();
    expect(taken).toEqual(['p 2 null']);
  });

  it('start a process, without reading anything, and go on with it', async () => {
    const { bench, transactions, commands, starter } = within();
    const manager = {};
    const process = await starter.start(bench.registry.get('order'), { id: 'q', groupId: 'g', values: NOTHING }, { manager });
    expect(process).toMatchObject({ id: 'q', worker: '-', claim: 0 });
    expect(bench.calls).toEqual([]);
    expect((await commands.apply('q', suspend, { manager }))?.change?.expected).toBe(1);
    expect(transactions.written.map(({ change }) => change.expected)).toEqual([null, 1]);
    expect(await commands.apply('q', suspend, { manager: {} }), 'another sees nothing of it').toBeNull();
  });

  it('give up after ten lost races, with the reason if there is one', async () => {
    const { bench, transactions, commands } = within();
    await bench.start();
    transactions.answers.push(...Array.from({ length: 10 }, () => 'stale' as const));
    expect((await commands.apply('p', suspend, { manager: {} }))?.change).not.toBeNull();
    transactions.answers.push(...Array.from({ length: 11 }, () => 'stale' as const));
    const error = await commands.apply('p', suspend, { manager: {} }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain('too many others change it at the same time');
  });

  it('without a usable transaction are told so by the store', async () => {
    const { bench, transactions, commands } = within();
    await bench.start();
    const refusal = new Error('a manager is wanted');
    for (const manager of [null, 'text']) {
      transactions.answers.push(refusal);
      await expect(commands.apply('p', suspend, { manager })).rejects.toBe(refusal);
    }
  });

  it('of a transactional step take the process, and its worker goes on with the values', async () => {
    const { bench, taken, transactions, commands } = within();
    await bench.start();
    const { key, run, attempt } = bench.row().tokens[0]!;
    await commands.applyWithin('p', { type: 'step-succeeded', key, run, attempt, claim: 1, patch: { x: 1 } }, {}, { manager: {}, worker: 'w' });
    expect(transactions.written[0]!.change.process.worker).toBe('w');
    transactions.written[0]!.done();
    expect(taken).toEqual(['p 2 {"x":1}']);
  });

  it('within no transaction go through the writer', async () => {
    const { bench, commands } = within();
    await bench.start();
    await commands.apply('p', suspend, { actor: 'ada', reason: 'why' });
    expect(bench.row().status).toBe('suspended');
    expect(bench.tables.byId.get('p')!.records.at(-1)).toMatchObject({ actor: 'ada', reason: 'why' });
    await commands.apply('p', resume);
    expect(bench.row().status).toBe('running');
  });
});

describe('a start', () => {
  const seed = (id: string, groupId = 'g') => ({ id, groupId, values: NOTHING });

  it('whose reply was lost is known by its secret', async () => {
    const { bench, starter } = within();
    bench.commits.troubles.push({ error: new StoreUnavailableError(new Error('lost')), written: true });
    expect((await starter.start(bench.registry.get('order'), seed('p'), {})).id).toBe('p');
    expect(bench.row().secret).toMatch(/.{10,}/);
  });

  it('whose id or group id is taken is refused, by its own name', async () => {
    const { bench, starter, transactions } = within();
    await starter.start(bench.registry.get('order'), seed('p'), {});
    for (const each of [seed('p'), seed('q')]) {
      const error = await starter.start(bench.registry.get('order'), each, {}).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ProcessAlreadyLiveError);
      expect(error).toMatchObject({ message: expect.stringContaining('order') });
    }
    bench.forgetCalls();
    transactions.answers.push('exists');
    await expect(starter.start(bench.registry.get('order'), seed('s'), { manager: {} })).rejects.toThrow(ProcessAlreadyLiveError);
    expect(bench.calls, 'in a transaction nothing is read for it').toEqual([]);
    const other = new Error('disk full');
    bench.commits.troubles.push({ rejection: 'refused', error: other });
    await expect(starter.start(bench.registry.get('order'), seed('r', 'h'), {})).rejects.toBe(other);
  });
});

describe('what a transaction has made', () => {
  const change = (id: string, expected: number | null, given: object = {}, waits: object = {}): Change =>
    ({ expected, process: aProcess({ id, revision: (expected ?? 0) + 1, ...given }), versions: [], records: [], messages: [], outgoing: [], waits: { clear: false, kill: [], delete: [], put: [], ...waits } }); // prettier-ignore
  const made = (...changes: Change[]) => {
    const uncommitted = new Uncommitted({ afterCommit: () => {} } as never, () => {});
    const manager = {};
    for (const each of changes) uncommitted.add(manager, each, null);
    return { uncommitted, manager };
  };
  const reading = (revision: number) => ({ process: aProcess({ id: 'p', revision }), waits: new Map(), messages: new Map(), context: {} });

  it('comes on top of what is committed, in order, and only what fits', () => {
    const { uncommitted, manager } = made(change('p', 1), change('q', 1), change('p', 2));
    const top = (read: ReturnType<typeof reading> | null, id = 'p', of: unknown = manager) => uncommitted.onTop(of, id, read)?.process.revision ?? null;
    expect([top(reading(1)), top(reading(2)), top(reading(5)), top(null)]).toEqual([3, 3, 5, null]);
    expect([top(reading(1), 'p', {}), top(reading(1), 'p', null), top(reading(1), 'p', 'x')]).toEqual([1, 1, 1]);
    const born = made(change('p', null));
    expect([born.uncommitted.onTop(born.manager, 'p', null)?.process.revision, born.uncommitted.onTop(born.manager, 'q', null)]).toEqual([1, null]);
  });

  it('the newest that is meant, live ones first', () => {
    const done = { status: 'completed' } as const;
    const { uncommitted, manager } = made(change('a', 1), change('b', 1), change('b', 2, done), change('c', 1, done));
    const ids = (...of: string[]) => uncommitted.newest(manager, ({ id }) => of.includes(id))?.id;
    expect([ids('a', 'b', 'c'), ids('b', 'c'), ids('b'), ids('none')]).toEqual(['a', 'c', 'b', undefined]);
    const two = made(change('a', 1), change('b', 1));
    expect(two.uncommitted.newest(two.manager, () => true)?.id).toBe('b');
  });

  it('the waits after it', () => {
    const { uncommitted, manager } = made(
      change('p', 1, {}, { delete: ['0'], put: [aWait({ key: '1' })] }),
      change('q', 1, {}, { put: [aWait({ key: '2' })] }),
    );
    expect(uncommitted.waits(manager, 'p', [aWait({ key: '0' }), aWait({ key: '9' })]).map(({ token }) => token.key)).toEqual(['9', '1']);
    expect(uncommitted.waits({}, 'p', [aWait({ key: '0' })])).toHaveLength(1);
  });
});

describe('an event that waits in a transaction', () => {
  it('is received there, with the wait that the transaction wrote', async () => {
    const { bench, commands, uncommitted } = within([aStepNode('a', { next: ['b'] }), aStepNode('b', { gate: hearing('news') })]);
    await bench.start();
    const manager = {};
    const { key, run, attempt } = bench.row().tokens[0]!;
    await commands.apply('p', { type: 'step-succeeded', key, run, attempt, claim: 1, patch: {} }, { manager });
    expect(uncommitted.waits(manager, 'p', [])).toHaveLength(1);
    expect((await commands.apply('p', { type: 'skipped', key: '0', run: 2, patch: {} }, { manager }))?.process.status).toBe('completed');
  });
});
