/** How processes are read, and how changes of different processes are committed together. */
import { describe, expect, it } from 'vitest';
import { ALL } from '../../lib/core/missing-waits.js';
import type { Change } from '../../lib/core/change.js';
import type { CommitStore } from '../../lib/store/commit-store.js';
import type { Loaded, ProcessRequest, Rejection } from '../../lib/store/port.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import { BatchLoader, stateOf } from '../../lib/writer/batch-loader.js';
import { GroupCommit } from '../../lib/writer/group-commit.js';
import { messagesOfBatch, waitsOfBatch } from '../../lib/writer/batch-needs.js';
import type { PendingEvent } from '../../lib/writer/pending-event.js';
import { WriteRetries } from '../../lib/writer/write-retries.js';
import { aMessage, aProcess, aWait } from '../core/builders.js';
import { turn } from './bench.js';
import { aBound } from './bound.js';

const request = (id: string, given: Partial<ProcessRequest> = {}): ProcessRequest => ({ id, waits: [], messages: [], context: false, ...given });
const loaded = (id: string): Loaded => ({ process: aProcess({ id }), waits: [aWait({ key: 'old' })], messages: [], context: { of: id } });

/** Knows every process but `none`. */
function aStore(load = (all: readonly ProcessRequest[]): (Loaded | null)[] => all.map(({ id }) => (id === 'none' ? null : loaded(id)))) {
  const asked: (readonly ProcessRequest[])[] = [];
  const commits = {
    load: async (all: readonly ProcessRequest[]) => (asked.push(all), load(all)),
    loadWithin: async (transaction: unknown, one: ProcessRequest) => ({ ...load([one])[0]!, context: { transaction } as never }),
  };
  const queries = { waitsOf: async (id: string) => [aWait({ key: `all of ${id}` })] };
  return { asked, store: { commits, queries } as unknown as ProcessStore };
} // prettier-ignore

describe('a loader', () => {
  it('reads what is asked for in one turn with one call, and each has its own', async () => {
    const { asked, store } = aStore();
    const loader = new BatchLoader(store);
    const all = await Promise.all([loader.load(request('p', { waits: ['0'], context: true })), loader.load(request('none')), loader.load(request('q'))]);
    expect(all.map((one) => one?.process.id ?? one)).toEqual(['p', null, 'q']);
    expect(asked).toEqual([[request('p', { waits: ['0'], context: true }), request('none'), request('q')]]);
    await loader.load(request('r'));
    expect(asked[1]).toEqual([request('r')]);
  });

  it('that gets no answer for a process has none', async () => {
    const loader = new BatchLoader(aStore(() => []).store);
    expect(await Promise.all([loader.load(request('p')), loader.load(request('q'))])).toEqual([null, null]);
  });

  it('reads one by one what cannot be read together', async () => {
    const broken = (all: readonly ProcessRequest[]) => {
      if (all.some(({ id }) => id === 'p')) throw new SyntaxError('p');
      return all.map(({ id }) => (id === 'none' ? null : loaded(id)));
    };
    const { asked, store } = aStore(broken);
    const loader = new BatchLoader(store);
    const all = await Promise.allSettled([loader.load(request('p')), loader.load(request('q')), loader.load(request('none'))]);
    expect(all.map((one) => (one.status === 'fulfilled' ? (one.value?.process.id ?? null) : String(one.reason)))).toEqual(['SyntaxError: p', 'q', null]);
    expect(asked.map((each) => each.map(({ id }) => id).join())).toEqual(['p,q,none', 'p', 'q', 'none']);
    const undefinedAlone = new BatchLoader(aStore((each) => { if (each.length > 1) throw new SyntaxError('together'); return []; }).store); // prettier-ignore
    expect(await Promise.all([undefinedAlone.load(request('p')), undefinedAlone.load(request('q'))])).toEqual([null, null]);
  });

  it('reads all waits after the process, also in a transaction', async () => {
    const { asked, store } = aStore();
    const loader = new BatchLoader(store);
    const everything = request('p', { waits: ['0', ALL], context: true });
    for (const found of [await loader.load(everything), await loader.loadWithin({}, everything)]) {
      expect(found).toMatchObject({ process: { id: 'p' }, context: { of: 'p' } });
      expect(found!.waits.map(({ token }) => token.key)).toEqual(['all of p']);
    }
    expect(asked[0]).toEqual([request('p', { waits: [], context: true })]);
    expect(await loader.load(request('none', { waits: [ALL] }))).toBeNull();
    const within = await loader.loadWithin('a transaction', request('p'));
    expect(within!.context).toEqual({ transaction: 'a transaction' });
  });

  it('gives the state alone where no more is asked for', async () => {
    const { asked, store } = aStore();
    expect([(await stateOf(store, 'p'))?.id, await stateOf(store, 'none')]).toEqual(['p', undefined]);
    expect(asked[0]).toEqual([request('p')]);
  });
});

describe('what a batch needs', () => {
  const pending = (event: object) => ({ event, options: {} }) as PendingEvent;
  const received = pending({ type: 'message-received', key: '0', run: 1, message: aMessage('m') });
  const started = pending({ type: 'started', bound: aBound(), seed: { id: 'p' } });

  it('is each row once', () => {
    expect([waitsOfBatch([received]), messagesOfBatch([received])]).toEqual([['0'], ['m']]);
    const due = pending({ type: 'came-due', key: '1', run: 1 });
    expect([waitsOfBatch([received, due, due, started]), messagesOfBatch([received, received, due, started])]).toEqual([['0', '1'], ['m']]); // prettier-ignore
    expect([waitsOfBatch([started]), messagesOfBatch([started])]).toEqual([[], []]);
  });
});

describe('a group commit', () => {
  type Answer = Rejection | null | { failed: unknown };

  function aGroup(maxConcurrentCommits: number, commit?: (changes: readonly Change[]) => readonly Rejection[]) {
    const sizes: number[] = [];
    const open: (() => void)[] = [];
    const store = {
      maxConcurrentCommits,
      commit: async (changes: readonly Change[]) => {
        sizes.push(changes.length);
        if (commit) return commit(changes);
        await new Promise<void>((resolve) => open.push(resolve));
        return [];
      },
    };
    const group = new GroupCommit(store as unknown as CommitStore);
    const answers: Answer[] = [];
    const add = (count: number) => Array.from({ length: count }, () => {
      const change = { process: aProcess() } as Change;
      group.commit(change, { answered: (rejection) => void answers.push(rejection), failed: (error) => void answers.push({ failed: error }) });
      return change;
    });
    return { add, sizes, answers, finish: async () => { open.splice(0).forEach((resolve) => resolve()); await turn(); await turn(); } };
  } // prettier-ignore

  it('takes all changes of one turn, and then all that came meanwhile', async () => {
    const { add, sizes, answers, finish } = aGroup(1);
    add(3);
    await turn();
    add(2);
    add(2);
    await turn();
    expect([sizes, answers]).toEqual([[3], []]);
    await finish();
    expect([sizes, answers]).toEqual([[3, 4], [null, null, null]]); // prettier-ignore
    await finish();
    expect(answers).toHaveLength(7);
  });

  it('shares many among the commits that are free, and few not', async () => {
    const few = aGroup(2);
    few.add(64);
    await turn();
    expect(few.sizes).toEqual([64]);
    const many = aGroup(2);
    many.add(65);
    await turn();
    expect(many.sizes).toEqual([33, 32]);
    many.add(65);
    await turn();
    expect(many.sizes, 'none is free').toEqual([33, 32]);
    const one = aGroup(2);
    one.add(1);
    await turn();
    one.add(100);
    await turn();
    expect(one.sizes).toEqual([1, 100]);
  });

  it('takes no more than a thousand at once', async () => {
    const { add, sizes, finish } = aGroup(1);
    add(1500);
    await turn();
    await finish();
    expect(sizes).toEqual([1000, 500]);
  });

  it('tells each what became of it', async () => {
    const { add, answers } = aGroup(1, (changes) => [{ change: changes[1]!, reason: 'stale' } as Rejection]);
    const [, second] = add(3);
    await turn();
    await turn();
    expect(answers).toEqual([null, { change: second, reason: 'stale' }, null]);
  });

  it('that fails fails for all', async () => {
    const error = new Error('gone');
    const { add, answers } = aGroup(1, () => { throw error; }); // prettier-ignore
    add(2);
    await turn();
    await turn();
    expect(answers).toEqual([{ failed: error }, { failed: error }]);
  });
});

describe('tries of a write', () => {
  it('are spent after six failures in a row, and anew after an answer', () => {
    const retries = new WriteRetries();
    const fail = (times: number) => {
      for (let i = 0; i < times; i++) retries.failed();
      return retries.isSpent;
    };
    expect([fail(5), fail(1)]).toEqual([false, true]);
    retries.answered();
    expect([retries.isSpent, fail(5)]).toEqual([false, false]);
    retries.reset();
    expect([retries.isSpent, fail(5), fail(1)]).toEqual([false, false, true]);
  });

  it('pause after the third lost race in a row, and not before', async () => {
    const retries = new WriteRetries();
    expect([retries.lost(), retries.lost()]).toEqual([undefined, undefined]);
    const third = retries.lost();
    expect(third).toBeInstanceOf(Promise);
    await third;
    retries.answered();
    expect(retries.lost(), 'an answer is no commit').toBeInstanceOf(Promise);
    retries.reset();
    expect(retries.lost()).toBeUndefined();
  });
});
