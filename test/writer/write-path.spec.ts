/** How a process changes, where the store is slow, fails, or was written to by others. */
import { describe, expect, it } from 'vitest';
import { NotWrittenError } from '../../lib/store/not-written.js';
import { ProcessAlreadyLiveError, StoreUnavailableError, UnknownWorkflowError } from '../../lib/values/errors.js';
import { aStepNode, hearing } from '../core/builders.js';
import { LINE, started, turn, WriterBench } from './bench.js';

const GONE = new StoreUnavailableError(new Error('connection lost'));
const suspend = { type: 'suspended' } as const;
const resume = { type: 'resumed' } as const;

describe('what is read', () => {
  it('nothing for a start, and nothing for an outcome whose process is known', async () => {
    const bench = new WriterBench(LINE);
    await bench.start();
    await bench.done();
    expect(bench.calls).toEqual(['commit p', 'commit p']);
    expect(bench.followed).toEqual(['1 process-started', '2 step-completed']);
  });

  it('the process with its values, if it is not known; then never again while it is held', async () => {
    const bench = await started();
    bench.writer.forget('p');
    await bench.done({ x: 1 });
    await bench.done();
    expect(bench.calls).toEqual(['load p with values', 'commit p', 'commit p']);
  });

  it('the wait that an event names, without the values that are known', async () => {
    const bench = await started([aStepNode('a', { gate: hearing('news') })]);
    await bench.apply({ type: 'skipped', key: '0', run: 1, patch: {} });
    expect(bench.calls).toEqual(['load p 0 with values', 'commit p']);
    const held = await started([aStepNode('a', { gate: hearing('news') }), aStepNode('b')]);
    expect(held.calls).toEqual([]);
  });

  it('nothing is known of a process that ended', async () => {
    const bench = await started([aStepNode('a')]);
    expect(bench.writer.known('p')?.process.worker).toBe('w');
    expect([...bench.writer.heldBy('w')]).toHaveLength(1);
    expect([...bench.writer.heldBy('v')]).toHaveLength(0);
    await bench.done();
    expect([bench.writer.size, bench.writer.known('p'), bench.limit.room]).toEqual([0, null, 10]);
  });

  it('an event for a process that is not there is answered with null', async () => {
    const bench = new WriterBench();
    expect(await bench.apply(suspend)).toBeNull();
    expect(await bench.writer.tryToApply('p', suspend)).toBe(false);
    expect(bench.writer.size).toBe(0);
  });

  it('an event that changes nothing is answered by what was just read, and not by what is remembered', async () => {
    const bench = await started();
    expect((await bench.apply(resume))?.change).toBeNull();
    expect(bench.calls).toEqual(['load p with values']);
    expect(bench.followed).toEqual(['seen 1']);
    await bench.done();
    expect(bench.calls).toEqual(['commit p']);
  });
});

describe('several events of one process', () => {
  it('are decided one after the other, and committed together', async () => {
    const bench = await started();
    const first = bench.apply(suspend, { actor: 'ada' });
    const rest = [bench.apply(resume), bench.apply(suspend, { reason: 'once more' }), bench.apply(suspend)];
    const answers = await Promise.all([first, ...rest]);
    expect(answers.map((applied) => [applied?.change?.process.status ?? null, applied?.process.status])).toEqual([
      ['suspended', 'suspended'],
      ['running', 'running'],
      ['suspended', 'suspended'],
      [null, 'suspended'],
    ]);
    expect(bench.calls).toEqual(['commit p', 'commit p']);
    expect(bench.row().revision).toBe(4);
  });

  it('two in one record add up', async () => {
    const bench = await started([
      aStepNode('a', { next: ['b'], retry: { attempts: 5, delayMs: 0, backoff: 'fixed', maxDelayMs: 1, jitter: false } }),
      aStepNode('b'),
    ]);
    const again = (attempt: number) => ({ type: 'step-deferred', key: '0', run: 1, attempt, claim: 1, afterMs: 0, patch: { n: (n = 0) => n + 1 } }) as const;
    await Promise.all([bench.apply(again(1)), bench.apply(again(2)), bench.apply(again(3)), bench.apply(again(3))]);
    expect(bench.calls).toEqual(['commit p', 'commit p']);
    expect(bench.writer.known('p')?.context).toEqual({ n: 3 });
    expect(bench.row().contextVersion).toBe(4);
  });

  it('more than a batch are written in several, in order', async () => {
    const bench = await started();
    const answers = await Promise.all(Array.from({ length: 140 }, (_, i) => bench.apply(i % 2 === 0 ? suspend : resume)));
    expect(answers.every((applied) => applied?.change)).toBe(true);
    expect(bench.calls).toEqual(['commit p', 'commit p', 'commit p', 'commit p']);
    expect(bench.row().revision).toBe(141);
  });

  it('only the one that the database refuses is refused', async () => {
    const bench = await started();
    const refusal = new Error('too long');
    bench.commits.troubles.push({ rejection: 'refused', error: refusal });
    await expect(bench.apply(suspend)).rejects.toBe(refusal);
    bench.commits.troubles.push({ rejection: 'refused', error: refusal }, { rejection: 'refused', error: refusal });
    const alone = bench.apply(suspend); // its commit is under way when the others come, so they are one batch
    const all = await Promise.allSettled([alone, bench.apply(suspend), bench.apply(resume)]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(bench.row().revision, 'both were written').toBe(3);
  });
});

describe('another writer', () => {
  it('that was faster is read, and the event decided again', async () => {
    const bench = await started();
    await bench.other().apply(suspend);
    const applied = await bench.apply({ type: 'cancelled' });
    expect(applied?.change?.expected).toBe(2);
    expect(bench.calls).toEqual(['commit p', 'load p with values', 'commit p']);
    expect(bench.row().status).toBe('cancelled');
  });

  it('is read again as often as it takes', async () => {
    const bench = await started();
    for (let i = 0; i < 8; i++) bench.commits.troubles.push({ rejection: 'stale' });
    expect((await bench.apply(suspend))?.change).not.toBeNull();
    expect(bench.calls.filter((call) => call === 'commit p')).toHaveLength(9);
  });

  it('that did the same leaves nothing to do', async () => {
    const bench = await started();
    await bench.other().apply(suspend);
    const applied = await bench.apply(suspend);
    expect([applied?.change, applied?.process.status]).toEqual([null, 'suspended']);
  });

  it('that changed the process while its wait was read: the values are read as well', async () => {
    const bench = await started([aStepNode('a', { next: ['b'] }), aStepNode('b', { queue: 'q', next: ['c'] }), aStepNode('c')]);
    await bench.done();
    bench.forgetCalls();
    await bench.apply({ type: 'skipped', key: '0', run: 2, patch: { x: 1 } });
    expect(bench.calls).toEqual(['load p 0 with values', 'commit p']);
    expect(bench.writer.known('p')?.context).toEqual({ x: 1 });
  });

  it('has the group id: the start is refused', async () => {
    const bench = new WriterBench(LINE);
    await bench.start('p', { groupId: 'g' });
    await expect(bench.start('q', { groupId: 'g' })).rejects.toThrow(ProcessAlreadyLiveError);
    expect((await bench.start('p'))?.change).toBeNull();
  });
});

describe('an outage', () => {
  it('is waited for: the event is read and decided again', async () => {
    const bench = await started();
    bench.commits.troubles.push({ error: GONE }, { error: GONE });
    expect((await bench.apply(suspend))?.change).not.toBeNull();
    expect(bench.calls).toEqual(['commit p', 'load p with values', 'commit p', 'load p with values', 'commit p']);
  });

  it('whose commit was stored after all: the event does not apply again', async () => {
    const bench = await started();
    bench.commits.troubles.push({ error: GONE, written: true });
    const applied = await bench.done({ n: (n = 0) => n + 1 });
    expect([applied?.change, bench.row().contextVersion]).toEqual([null, 2]);
  });

  it('that is longer than the patience is told to the caller, and an outcome goes on', async () => {
    const bench = await started();
    bench.commits.readTroubles.push(...Array.from({ length: 5 }, () => GONE));
    bench.commits.troubles.push({ error: GONE });
    const outcome = bench.done({}, { patient: true });
    const call = bench.apply(suspend).catch((error: unknown) => error);
    const error = (await call) as StoreUnavailableError;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toContain('connection lost');
    expect((await outcome)?.change).not.toBeNull();
    expect(bench.row()).toMatchObject({ status: 'running', contextVersion: 2 });
  });

  it('ends the call of an event that may happen once: it was stored, and is not decided again', async () => {
    const bench = await started();
    bench.commits.troubles.push({ error: GONE, written: true });
    await expect(bench.apply(suspend, { once: true })).rejects.toThrow(StoreUnavailableError);
    expect([bench.calls, bench.row().status]).toEqual([['commit p'], 'suspended']);
    expect((await bench.apply(resume))?.change).not.toBeNull();
  });

  it('is counted anew after a commit', async () => {
    const bench = await started();
    for (let round = 0; round < 3; round++) {
      bench.commits.troubles.push({ error: GONE }, { error: GONE });
      expect((await bench.apply(round % 2 === 0 ? suspend : resume))?.change).not.toBeNull();
    }
  });

  it('in which it is known that nothing was written is told at once', async () => {
    const bench = await started();
    bench.commits.troubles.push({ error: new NotWrittenError('no connection is free') });
    await expect(bench.apply(suspend)).rejects.toThrow(StoreUnavailableError);
    expect(bench.calls).toEqual(['commit p']);
    expect((await bench.apply(suspend))?.change).not.toBeNull();
  });
});

describe('a row that cannot be read', () => {
  it('is left alone, and its callers are told; others go on', async () => {
    const bench = await started();
    bench.writer.forget('p');
    bench.commits.readTroubles.push(new SyntaxError('unexpected token'));
    await expect(bench.apply(suspend, { patient: true })).rejects.toThrow(StoreUnavailableError);
    expect(bench.registry.unreadable.add('p'), 'it is known').toBe(false);
  });

  it('does not stop those that are read with it', async () => {
    const bench = await started();
    await bench.start('q');
    for (const id of ['p', 'q']) bench.writer.forget(id);
    bench.forgetCalls();
    bench.commits.readTroubles.push(new SyntaxError('unexpected token'), new SyntaxError('unexpected token'));
    const [p, q] = await Promise.allSettled([bench.apply(suspend), bench.apply(suspend, {}, 'q')]);
    expect([p!.status, q!.status]).toEqual(['rejected', 'fulfilled']);
    expect(bench.calls).toEqual(['load p with values, q with values', 'load p with values', 'load q with values', 'commit q']);
  });
});

describe('a workflow that is not known here', () => {
  it('has its processes left alone, but for what needs no definition', async () => {
    const bench = await started();
    bench.registry.remove('order', 1);
    await expect(bench.done()).rejects.toThrow(UnknownWorkflowError);
    await expect(bench.apply({ type: 'cancelled', compensate: true })).rejects.toThrow(UnknownWorkflowError);
    expect((await bench.apply(suspend))?.process.status).toBe('suspended');
    expect((await bench.apply({ type: 'cancelled' }))?.process.status).toBe('cancelled');
  });
});

describe('a worker', () => {
  it('takes what it starts, within its limit; the rest is left to others', async () => {
    const bench = new WriterBench(LINE, { room: 1 });
    let backlog = 0;
    bench.limit.onRoom(() => backlog++);
    await bench.start('p');
    await bench.start('q');
    expect([bench.row('p').worker, bench.row('q').worker]).toEqual(['w', '-']);
    expect([bench.limit.room, bench.writer.size]).toEqual([0, 1]);
    for (let i = 0; i < 3; i++) await bench.done();
    expect([bench.limit.room, backlog]).toEqual([1, 1]);
  });

  it('counts what it is about to take', async () => {
    const bench = new WriterBench(LINE, { room: 1 });
    await Promise.all([bench.start('p'), bench.start('q')]);
    expect([bench.row('p').worker, bench.row('q').worker]).toEqual(['w', '-']);
  });

  it('that runs nothing takes nothing', async () => {
    const bench = new WriterBench(LINE);
    bench.worker = null;
    await bench.start();
    expect([bench.row().worker, bench.limit.room]).toEqual(['-', 10]);
  });

  it('that is seen to hold a process counts it as held', async () => {
    const bench = await started(LINE, { room: 1 });
    bench.writer.forget('p');
    expect(bench.limit.room).toBe(1);
    await bench.apply(resume);
    expect([bench.limit.room, bench.writer.size]).toEqual([0, 1]);
  });
});

describe('a commit in a transaction', () => {
  it('is taken over: what is known is new, and it is followed', async () => {
    const bench = await started();
    const other = bench.other('w');
    const { change } = (await other.done({ x: 1 }))!;
    bench.writer.committedElsewhere(change!, { x: 1 });
    expect(bench.followed).toEqual(['2 step-completed']);
    await bench.done();
    expect(bench.calls).toEqual(['commit p']);
  });

  it('without its values is read before anything else is decided', async () => {
    const bench = await started();
    const { change } = (await bench.other('w').done({ x: 1 }))!;
    bench.writer.committedElsewhere(change!, null);
    expect(bench.followed).toEqual(['? step-completed']);
    await bench.done();
    expect(bench.calls).toEqual(['load p with values', 'commit p']);
  });

  it('during a reading makes that reading no answer to remember', async () => {
    const bench = await started();
    bench.writer.forget('p');
    const { change } = (await bench.other('w').done({ x: 1 }))!;
    const answered = bench.apply(resume);
    await turn();
    bench.writer.committedElsewhere(change!, { x: 1 });
    await answered;
    expect(bench.writer.known('p')?.context).toEqual({ x: 1 });
  });
});

describe('a shutdown', () => {
  it('refuses what waits, and tries later events once', async () => {
    const bench = await started();
    bench.commits.before = () => turn();
    const under = bench.apply(suspend);
    await turn();
    const waits = bench.apply(resume).catch((error: unknown) => error);
    bench.writer.close();
    expect(String(await waits)).toContain('shuts down');
    expect((await under)?.change).not.toBeNull();
    expect((await bench.apply(resume))?.change).not.toBeNull();
    bench.commits.troubles.push({ error: GONE });
    await expect(bench.apply(suspend, { patient: true })).rejects.toThrow('shuts down');
    await bench.start('q');
    bench.commits.troubles.push({ error: GONE });
    await expect(bench.apply(suspend, { patient: true }, 'q')).rejects.toThrow('shuts down');
  });

  it('waits for what is under way', async () => {
    const bench = await started();
    const applied = bench.apply(suspend);
    expect(bench.activity.underWay).toBe(1);
    await applied;
    await bench.activity.idle();
    expect(bench.activity.underWay).toBe(0);
  });
});
