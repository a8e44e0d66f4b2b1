import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  asked,
  done,
  InvalidInputError,
  NotWaitingError,
  pause,
  ProcessAlreadyLiveError,
  ProcessContext,
  ProcessFinishedError,
  ProcessNotFoundError,
} from '../../lib/index.js';
import { bootApp, matrix, type TestApp, until } from '../support/app.js';
import { type Database, isThere, titleOf } from '../support/databases.js';
import {
  Address,
  RequestResult,
  Bag,
  Colour,
  Customer,
  Decimal,
  Evening,
  Gated,
  Hearing,
  Journal,
  LastAsking,
  Letters,
  Linear,
  Listening,
  Other,
  Queued,
  QueuedAsking,
  Typed,
  WOLFI_WORKFLOWS,
} from './workflows.js';

for (const cell of matrix()) {
  const database = await cell.database();
  describe.skipIf(!isThere(database))(`${cell.name}: ${titleOf(database)}`, () => wolfiRow(database, cell.queue));
}

function wolfiRow(database: Database, queue: 'database' | 'bull'): void {
  let app: TestApp;
  let journal: Journal;

  beforeAll(async () => {
    app = await bootApp(database, queue, {
      providers: [Journal, ...WOLFI_WORKFLOWS],
      queues: ['work', 'letters'],
      options: { worker: { sweepInterval: '200ms' } },
    });
    journal = app.app.get(Journal);
  });
  afterAll(async () => {
    await app?.close();
    await database.drop();
  });

  const group = () => `g-${randomUUID()}`;
  const settled = (id: string) => app.workflows.settled(id, { timeout: '10s' });
  const statusOf = async (id: string) => (await app.workflows.get(id)).status;
  const until_ = (id: string, status: string) => until(() => statusOf(id), (now) => now === status); // prettier-ignore
  const types = async (id: string) => (await app.workflows.history(id)).map(({ type }) => type);
  const versions = (id: string) => app.dataSource.getRepository(ProcessContext).countBy({ processId: id });
  const correlation = (groupId: string, step: string) => journal.last(groupId, step).correlationId;
  const context = async (id: string) => (await app.workflows.get(id)).context as Bag;
  async function started(workflow: any, values: object = {}, groupId = group()) {
    const { id } = await app.workflows.start(workflow, values, { groupId });
    return { id, groupId, process: await settled(id) };
  }

  describe('happy path and running again', () => {
    it('W-1 three steps make 1 + 3 versions, a record for each, and complete the process', async () => {
      const { id, process } = await started(Linear);
      expect(process.status).toBe('completed');
      expect(await versions(id)).toBe(4);
      expect(await types(id)).toEqual(['process-started', 'step-completed', 'step-completed', 'step-completed', 'process-completed']);
      expect((await app.workflows.contextAt(id, 2)).trace).toEqual(['a']);
      expect((await app.workflows.contextAt(id, 4)).trace).toEqual(['a', 'b', 'c']);
    });

    it('W-2 a completed process is left alone by whatever looks at it again', async () => {
      const { id } = await started(Linear);
      const before = await types(id);
      await app.engine.sweeper.sweep();
      await app.engine.runner.look(id);
      await app.engine.activity.idle();
      expect(await types(id)).toEqual(before);
      expect(await versions(id)).toBe(4);
    });

    it('W-3 a step that changes nothing is complete, and makes its version all the same', async () => {
      const groupId = group();
      journal.tell(groupId, 'a', () => undefined);
      const { id, process } = await started(Linear, {}, groupId);
      expect(process.status).toBe('completed');
      expect(await app.workflows.diff(id, 1, 2)).toEqual([]);
    });

    it('W-4 steps run in the order written, each once, and stop where one waits', async () => {
      const { groupId, process } = await started(LastAsking);
      expect(journal.of(groupId)).toEqual(['first', 'ask']);
      expect(process.status).toBe('waiting');
    });

    it('W-5 what a step did to its copy of the context before it threw is not stored', async () => {
      const groupId = group();
      journal.tell(groupId, 'b', (bag: Bag) => {
        bag.trace.push('dirt');
        throw new Error('no');
      });
      const { id, process } = await started(Linear, {}, groupId);
      expect(process.status).toBe('failed');
      expect((await context(id)).trace).toEqual(['a']);
    });

    it('W-6 private bookkeeping is no part of the context', async () => {
      const { id } = await started(Linear);
      expect(Object.keys(await app.workflows.contextAt(id, 4)).filter((key) => key.startsWith('_') || key.includes('complete'))).toEqual([]);
    });
  });

  describe('initiation', () => {
    it('W-7 an unknown starting key is refused, and nothing is made', async () => {
      const groupId = group();
      await expect(app.workflows.start(Linear, { traec: [] } as object, { groupId })).rejects.toThrow(
        /traec is not a key of the context. Did you mean "trace"\?/,
      );
      await expect(app.workflows.get(Linear, { groupId })).rejects.toThrow(ProcessNotFoundError);
    });

    it('W-8 a second start with a live group id makes no second process', async () => {
      const { id, groupId } = await started(RequestResult);
      const again = await Promise.allSettled(Array.from({ length: 8 }, () => app.workflows.start(RequestResult, {}, { groupId })));
      for (const one of again) expect(one).toMatchObject({ status: 'rejected', reason: expect.any(ProcessAlreadyLiveError) as unknown });
      expect((again[0] as PromiseRejectedResult).reason).toMatchObject({ processId: id, groupId });
      expect((await app.workflows.start(RequestResult, {}, { groupId, ifLive: 'return' })).id).toBe(id);
      expect((await app.workflows.find({ workflow: RequestResult, groupId })).items).toHaveLength(1);
    });

    it('W-8 of many starts at once with one group id exactly one succeeds', async () => {
      const groupId = group();
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => app.workflows.start(RequestResult, {}, { groupId })));
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('W-9 when the first has finished, its group id is free', async () => {
      const { id, groupId } = await started(Linear);
      const second = await started(Linear, {}, groupId);
      expect(second.id).not.toBe(id);
      expect(second.process.status).toBe('completed');
    });

    it('W-10 one group id may be live in two workflows', async () => {
      const groupId = group();
      journal.tell(groupId, 'a', () => pause('wait'));
      expect((await started(Linear, {}, groupId)).process.status).toBe('suspended');
      expect((await started(Other, {}, groupId)).process.status).toBe('suspended');
    });

    it('W-11 a starting value wins over the default', async () => {
      const { id } = await started(Linear, { note: 'given' });
      expect((await app.workflows.contextAt(id, 1)).note).toBe('given');
    });

    it('W-12 a missing or wrong required starting value is refused', async () => {
      const refused = app.workflows.start(Typed, { id: 'no uuid' }, { groupId: group() });
      await expect(refused).rejects.toThrow(InvalidInputError);
      await expect(refused).rejects.toThrow(/id must be a UUID.*born must be a Date/s);
    });

    it('W-13 the first version holds the defaults and what was given, and nothing else', async () => {
      const { id } = await started(Linear, { note: 'n' });
      const first = await app.dataSource.getRepository(ProcessContext).findOneByOrFail({ processId: id, version: 1 });
      expect(first.snapshot).toEqual({ trace: [], note: 'n', stock: false, closed: false });
    });

    it('W-14 who started it stands in its first record', async () => {
      const { id } = await app.workflows.start(Linear, {}, { actor: 'ada', reason: 'asked to' });
      expect((await app.workflows.history(id))[0]).toMatchObject({ type: 'process-started', actor: 'ada', reason: 'asked to' });
    });
  });

  describe('synchronous steps', () => {
    it('W-15 pause() stops the process without a version, and resume() runs the same step again', async () => {
      const groupId = group();
      let pauses = 1;
      journal.tell(groupId, 'b', (bag: Bag) => (pauses-- > 0 ? pause('not yet') : { trace: [...bag.trace, 'b'] }));
      const { id, process } = await started(Linear, {}, groupId);
      expect(process).toMatchObject({ status: 'suspended', cause: 'not yet', contextVersion: 2 });
      await app.workflows.resume(id, { actor: 'ada' });
      expect((await settled(id)).status).toBe('completed');
      expect(journal.of(groupId)).toEqual(['a', 'b', 'b', 'c']);
      expect(await types(id)).toContain('process-resumed');
    });

    it('W-16 what a step returns is kept, whether it changed its copy or not', async () => {
      const groupId = group();
      journal.tell(groupId, 'a', (bag: Bag) => ({ ...bag, note: 'new object' }));
      const { id } = await started(Linear, {}, groupId);
      expect((await context(id)).note).toBe('new object');
    });

    it('W-17 an error fails the process with `Class: message`, and the caller sees no exception', async () => {
      const groupId = group();
      journal.tell(groupId, 'b', () => {
        throw new TypeError('broken');
      });
      const { id, process } = await started(Linear, {}, groupId);
      expect(process).toMatchObject({ status: 'failed', cause: 'b: TypeError: broken' });
      expect((await app.workflows.history(id)).find(({ type }) => type === 'step-failed')).toMatchObject({ step: 'b', error: 'TypeError: broken', attempt: 1 });
    });

    it('W-18 a failed process stays failed until somebody does something', async () => {
      const groupId = group();
      journal.tell(groupId, 'b', () => {
        throw new Error('no');
      });
      const { id } = await started(Linear, {}, groupId);
      await app.engine.sweeper.sweep();
      await app.engine.activity.idle();
      expect(await statusOf(id)).toBe('failed');
      expect(journal.of(groupId)).toEqual(['a', 'b']);
    });

    it('W-19 retry() goes on at the failed step', async () => {
      const groupId = group();
      let failures = 1;
      journal.tell(groupId, 'b', (bag: Bag) => {
        if (failures-- > 0) throw new Error('once');
        return { trace: [...bag.trace, 'b'] };
      });
      const { id } = await started(Linear, {}, groupId);
      await app.workflows.retry(id, { actor: 'ada', reason: 'mended' });
      expect((await settled(id)).status).toBe('completed');
      expect(journal.of(groupId)).toEqual(['a', 'b', 'b', 'c']);
      expect((await app.workflows.history(id)).find(({ type }) => type === 'process-retried')).toMatchObject({ actor: 'ada', reason: 'mended' });
    });

    it('W-20 the record of a failure names the version its step saw', async () => {
      const groupId = group();
      journal.tell(groupId, 'c', () => {
        throw new Error('no');
      });
      const { id } = await started(Linear, {}, groupId);
      expect((await app.workflows.history(id)).find(({ type }) => type === 'step-failed')).toMatchObject({ step: 'c', contextVersion: 3 });
    });
  });

  describe('asynchronous steps', () => {
    it('W-21 asks once, waits under its correlation id, and runs nothing later', async () => {
      const { id, groupId, process } = await started(RequestResult);
      expect(process.status).toBe('waiting');
      expect(journal.of(groupId)).toEqual(['askPartner']);
      expect(await types(id)).toEqual(['process-started', 'response-requested']);
      expect((await app.workflows.get(id, { internals: true })).waits).toMatchObject([
        { kind: 'response', step: 'answer', key: correlation(groupId, 'askPartner') },
      ]);
      expect(process.contextVersion).toBe(1);
    });

    it('W-22 while it waits, looking at it again sends and stores nothing', async () => {
      const { id, groupId } = await started(RequestResult);
      await app.engine.sweeper.sweep();
      await app.engine.runner.look(id);
      await app.engine.activity.idle();
      expect(journal.of(groupId)).toEqual(['askPartner']);
      expect(await types(id)).toHaveLength(2);
    });

    it('W-23 the answer runs its step and all that follows', async () => {
      const { id, groupId } = await started(RequestResult);
      expect(await app.workflows.respond(RequestResult, 'answer', correlation(groupId, 'askPartner'), { note: 'yes' })).toBe('delivered');
      expect((await settled(id)).status).toBe('completed');
      expect(await types(id)).toEqual(['process-started', 'response-requested', 'message-delivered', 'step-completed', 'step-completed', 'process-completed']);
      expect(await context(id)).toMatchObject({ note: 'yes', trace: ['onward'] });
    });

    it('W-24 the same answer again changes nothing, and is known', async () => {
      const { id, groupId } = await started(RequestResult);
      const corr = correlation(groupId, 'askPartner');
      const all = await Promise.all(
        Array.from({ length: 5 }, () => app.workflows.respond(RequestResult, 'answer', corr, { note: 'yes' }, { messageId: 'm1' })),
      );
      expect(all.sort()).toEqual(['delivered', 'duplicate', 'duplicate', 'duplicate', 'duplicate']);
      await settled(id);
      expect(await app.workflows.respond(RequestResult, 'answer', corr, { note: 'yes' }, { messageId: 'm1' })).toBe('duplicate');
      expect(await app.workflows.respond(RequestResult, 'answer', corr, { note: 'other' }, { messageId: 'm1' })).toBe('conflict');
      expect(await app.workflows.respond(RequestResult, 'answer', corr, { note: 'third' }, { messageId: 'm2' })).toBe('late');
      expect(journal.of(groupId).filter((step) => step === 'answer')).toHaveLength(1);
      expect((await context(id)).note).toBe('yes');
    });

    it('W-25 an answer nobody asked for is stored, and hurts nobody', async () => {
      expect(await app.workflows.respond(RequestResult, 'answer', `unknown-${randomUUID()}`, { note: 'x' })).toBe('stored');
    });

    it('W-26 an unknown correlation id is never taken for an event; an empty one is refused', async () => {
      const { id, groupId } = await started(Listening);
      expect(await app.workflows.respond(Listening, 'answer', groupId, { note: 'x' })).toBe('stored');
      await expect(app.workflows.respond(Listening, 'answer', '', {})).rejects.toThrow(InvalidInputError);
      expect(journal.of(groupId)).toEqual(['ask']);
      expect(await statusOf(id)).toBe('waiting');
    });

    it('W-27 an answer goes to its step only: unsolicited steps are not told', async () => {
      const { id, groupId } = await started(Listening);
      await app.workflows.respond(Listening, 'answer', correlation(groupId, 'ask'), { note: 'x', text: 'alert?' });
      await settled(id);
      expect(journal.of(groupId)).toEqual(['ask', 'answer']);
    });

    it('W-28 a handler that pauses has not completed, and runs again with its answer', async () => {
      const groupId = group();
      let pauses = 1;
      journal.tell(groupId, 'answer', (_bag, _step, reply: { note: string }) => (pauses-- > 0 ? pause('look first') : { note: reply.note }));
      const { id } = await started(RequestResult, {}, groupId);
      await app.workflows.respond(RequestResult, 'answer', correlation(groupId, 'askPartner'), { note: 'kept' });
      expect((await settled(id)).status).toBe('suspended');
      await app.workflows.resume(id);
      expect((await settled(id)).status).toBe('completed');
      expect((await context(id)).note).toBe('kept');
    });

    it('W-29 a handler that throws fails the process, and retry() gives it the answer it had', async () => {
      const groupId = group();
      let failures = 1;
      journal.tell(groupId, 'answer', (_bag, _step, reply: { note: string }) => {
        if (failures-- > 0) throw new Error('cannot read');
        return { note: reply.note };
      });
      const { id } = await started(RequestResult, {}, groupId);
      await app.workflows.respond(RequestResult, 'answer', correlation(groupId, 'askPartner'), { note: 'precious' });
      expect((await settled(id)).cause).toBe('answer: Error: cannot read');
      await app.workflows.retry(id);
      expect((await settled(id)).status).toBe('completed');
      expect((await context(id)).note).toBe('precious');
      expect(journal.of(groupId)).toEqual(['askPartner', 'answer', 'answer', 'onward']);
    });

    it('W-30 an answer that comes before the request is recorded is not lost', async () => {
      const groupId = group();
      journal.tell(groupId, 'askPartner', async (_bag, step) => {
        expect(await app.workflows.respond(RequestResult, 'answer', step.correlationId, { note: 'quick' })).toBe('stored');
      });
      const { id } = await started(RequestResult, {}, groupId);
      await until_(id, 'completed');
      expect((await context(id)).note).toBe('quick');
    });

    it('W-30 also under an id of theirs', async () => {
      const groupId = group();
      const theirs = `theirs-${randomUUID()}`;
      journal.tell(groupId, 'askPartner', async () => {
        await app.workflows.respond(RequestResult, 'answer', theirs, { note: 'early' });
        return asked({ correlationId: theirs });
      });
      const { id } = await started(RequestResult, {}, groupId);
      await until_(id, 'completed');
    });

    it('W-31 an answer for a visit that is over does nothing', async () => {
      const { id, groupId } = await started(RequestResult);
      const old = correlation(groupId, 'askPartner');
      await app.workflows.restartFrom(id, 1);
      await until(() => journal.of(groupId).length, (asked_) => asked_ === 2); // prettier-ignore
      await settled(id);
      expect(await app.workflows.respond(RequestResult, 'answer', old, { note: 'old' })).toBe('late');
      expect(await statusOf(id)).toBe('waiting');
      expect(await app.workflows.respond(RequestResult, 'answer', correlation(groupId, 'askPartner'), { note: 'new' })).toBe('delivered');
      await until_(id, 'completed');
      expect((await context(id)).note).toBe('new');
    });

    it('W-32 a request that needs no answer says done(), and the process goes on', async () => {
      const groupId = group();
      journal.tell(groupId, 'askPartner', () => done());
      const { id, process } = await started(RequestResult, {}, groupId);
      expect(process.status).toBe('completed');
      expect(journal.of(groupId)).toEqual(['askPartner', 'onward']);
      expect(await versions(id)).toBe(3);
    });

    it('W-33 a last asynchronous step completes the process like any other', async () => {
      const { id, groupId } = await started(LastAsking);
      await app.workflows.respond(LastAsking, 'answer', correlation(groupId, 'ask'), { note: 'end' });
      expect((await settled(id)).status).toBe('completed');
    });

    it('W-34 an answer for a cancelled process is late, and changes nothing', async () => {
      const { id, groupId } = await started(RequestResult);
      await app.workflows.cancel(id, { actor: 'ada', reason: 'no more' });
      expect(await app.workflows.respond(RequestResult, 'answer', correlation(groupId, 'askPartner'), { note: 'x' })).toBe('late');
      expect(await app.workflows.get(id)).toMatchObject({ status: 'cancelled', cause: 'no more', contextVersion: 1 });
      expect(journal.of(groupId)).toEqual(['askPartner']);
    });

    it('W-34 also under an id of theirs', async () => {
      const groupId = group();
      journal.tell(groupId, 'askPartner', () => asked({ correlationId: `p-${groupId}` }));
      const { id } = await started(RequestResult, {}, groupId);
      await app.workflows.cancel(id);
      expect(await app.workflows.respond(RequestResult, 'answer', `p-${groupId}`, { note: 'x' })).toBe('late');
    });
  });

  describe('task queues', () => {
    it('W-35 W-36 W-37 a task is queued once, triggered, completed, and the process goes on', async () => {
      const { id, groupId } = await started(Queued);
      await until_(id, 'completed');
      expect(journal.of(groupId)).toEqual(['task', 'onward']);
      expect(await types(id)).toEqual(['process-started', 'task-queued', 'task-triggered', 'step-completed', 'step-completed', 'process-completed']);
      expect(await versions(id)).toBe(3);
    });

    it('W-35 while it is queued, looking at the process again queues nothing', async () => {
      const { id, process } = await started(Evening, { extra: '2099-01-01T20:00:00Z' });
      expect(process.status).toBe('waiting');
      expect((await app.workflows.get(id)).waits).toMatchObject([{ kind: 'task', step: 'task', queue: 'work', dueAt: new Date('2099-01-01T20:00:00Z') }]);
      await app.engine.sweeper.sweep();
      await app.engine.runner.look(id);
      expect(await types(id)).toEqual(['process-started', 'task-queued']);
      await app.workflows.cancel(id);
    });

    it('W-36 a task runs at its time, not before', async () => {
      const at = new Date(Date.now() + 700);
      const { id, groupId } = await started(Evening, { extra: at.toISOString() });
      await until_(id, 'completed');
      expect(journal.of(groupId)).toEqual(['task']);
      const completed = (await app.workflows.history(id)).find(({ type }) => type === 'step-completed')!;
      expect(completed.createdAt.getTime()).toBeGreaterThanOrEqual(at.getTime());
    });

    it('W-37 W-33 a queued step that asks is completed by its answer, and so is the process', async () => {
      const { id, groupId } = await started(QueuedAsking);
      await until(() => journal.of(groupId), (steps) => steps.includes('ask')); // prettier-ignore
      await until(async () => (await app.workflows.get(id)).waits[0]?.kind, (kind) => kind === 'response'); // prettier-ignore
      expect(await app.workflows.respond(QueuedAsking, 'answer', correlation(groupId, 'ask'), { note: 'there' })).toBe('delivered');
      expect((await settled(id)).status).toBe('completed');
      expect(await types(id)).toEqual([
        'process-started',
        'step-completed',
        'task-queued',
        'task-triggered',
        'response-requested',
        'message-delivered',
        'step-completed',
        'process-completed',
      ]);
    });

    it('W-38 a notification of what is no task of ours runs nothing', async () => {
      const { id, groupId } = await started(RequestResult);
      const foreign = `${randomUUID()}|0|1|0|work`;
      for (const bad of ['', 'x', 'a|b', `${id}|0|1|0|work`, foreign, null as never]) {
        expect(await app.engine.tasks.run(bad)).toEqual({ what: 'gone' });
        expect((await app.engine.tasks.missed(bad)).what, 'it may be of another application').toBe(bad === foreign ? 'foreign' : 'over');
      }
      expect(journal.of(groupId)).toEqual(['askPartner']);
    });

    it('W-39 a task delivered again after its completion does not run again', async () => {
      const { id, groupId } = await started(Queued);
      await until_(id, 'completed');
      expect(await app.engine.tasks.run(`${id}|0|1|0|work`)).toEqual({ what: 'gone' });
      expect(journal.of(groupId).filter((step) => step === 'task')).toHaveLength(1);
    });

    it('W-41 the job comes after the commit: it always finds its task', async () => {
      const all = await Promise.all(Array.from({ length: 30 }, () => started(Queued)));
      for (const { id } of all) await until_(id, 'completed');
      for (const { groupId } of all) expect(journal.of(groupId)).toEqual(['task', 'onward']);
    });

    it('W-42 a task that pauses is tried again on resume()', async () => {
      const groupId = group();
      let pauses = 1;
      journal.tell(groupId, 'task', (bag: Bag) => (pauses-- > 0 ? pause('later') : { trace: [...bag.trace, 'task'] }));
      const { id } = await started(Queued, {}, groupId);
      await until_(id, 'suspended');
      await app.workflows.resume(id);
      await until_(id, 'completed');
      expect(journal.of(groupId)).toEqual(['task', 'task', 'onward']);
    });
  });

  describe('tasks at the same time', () => {
    it('W-43 all of a group are queued in one go, before any has run', async () => {
      const { id } = await started(Letters);
      const records = await app.workflows.history(id);
      expect(records.slice(0, 4).map(({ type, step }) => [type, step])).toEqual([['process-started', null], ['task-queued', 'print'], ['task-queued', 'mail'], ['task-queued', 'fax']]); // prettier-ignore
    });

    it('W-44 the process goes on when all are complete, once, whatever their order', async () => {
      const { id, groupId } = await started(Letters);
      await until(() => journal.of(groupId), (steps) => ['print', 'mail', 'askFax'].every((step) => steps.includes(step))); // prettier-ignore
      await until(async () => (await app.workflows.get(id)).waits.map(({ kind }) => kind), (kinds) => kinds.join() === 'response'); // prettier-ignore
      expect(journal.of(groupId)).not.toContain('onward');
      await app.workflows.respond(Letters, 'fax', correlation(groupId, 'askFax'), {});
      await until_(id, 'completed');
      expect(journal.of(groupId).filter((step) => step === 'onward')).toHaveLength(1);
      expect((await context(id)).trace.toSorted()).toEqual(['fax', 'mail', 'onward', 'print']);
    });
  });

  describe('unsolicited events', () => {
    it('W-46 an event reaches every live process with the group id, of every workflow that listens', async () => {
      const groupId = group();
      const [one, two] = [await started(Listening, {}, groupId), await started(Gated, {}, groupId)];
      const deliveries = await app.workflows.emit('alert', groupId, { text: 'fire', stock: false });
      expect(deliveries.map(({ processId, disposition }) => [processId, disposition]).sort()).toEqual([[one.id, 'delivered'], [two.id, 'delivered']].sort()); // prettier-ignore
      await until(async () => (await context(one.id)).trace, (trace) => trace.includes('alert fire')); // prettier-ignore
      expect(await types(one.id)).toEqual(['process-started', 'response-requested', 'message-delivered', 'step-completed']);
    });

    it('W-46 several group ids: every process of each', async () => {
      const all = await Promise.all([started(Listening), started(Listening), started(Listening)]);
      const deliveries = await app.workflows.emit('alert', [...all.map(({ groupId }) => groupId), group()], { text: 'all' });
      expect(deliveries.map(({ processId }) => processId).sort()).toEqual(all.map(({ id }) => id).sort());
    });

    it('W-47 an event its handler does not take makes no version', async () => {
      const { id, groupId } = await started(Listening);
      await app.workflows.emit('alert', groupId, { text: 'x', ignore: true });
      expect((await settled(id)).contextVersion).toBe(1);
      expect((await types(id)).slice(-2)).toEqual(['message-delivered', 'step-skipped']);
    });

    it('W-47 an event nobody listens for is told to nobody', async () => {
      expect(await app.workflows.emit('alert', group(), { text: 'x' })).toEqual([]);
    });

    it('W-48 an event for a finished process does not reach it', async () => {
      const { id, groupId } = await started(Listening);
      await app.workflows.cancel(id);
      expect(await app.workflows.emit('alert', groupId, { text: 'x' })).toEqual([]);
    });

    it('W-50 a second event runs the handler again, for another version', async () => {
      const { id, groupId } = await started(Listening);
      await app.workflows.emit('alert', groupId, { text: 'one' });
      await app.workflows.emit('alert', groupId, { text: 'two' });
      await until(async () => (await context(id)).trace, (trace) => trace.length === 2); // prettier-ignore
      expect((await context(id)).trace).toEqual(['alert one', 'alert two']);
      expect(await versions(id)).toBe(3);
    });

    it('W-50 the same event again, by its id, is a duplicate', async () => {
      const { groupId } = await started(Listening);
      const first = await app.workflows.emit('alert', groupId, { text: 'one' }, { messageId: 'e1' });
      const second = await app.workflows.emit('alert', groupId, { text: 'one' }, { messageId: 'e1' });
      expect([first[0]!.disposition, second[0]!.disposition]).toEqual(['delivered', 'duplicate']);
    });

    it('W-51 completion never waits for unsolicited steps', async () => {
      const { id, groupId } = await started(Gated, { stock: true });
      await app.workflows.respond(Gated, 'answer', correlation(groupId, 'ask'), { note: 'n' });
      expect((await settled(id)).status).toBe('completed');
    });

    it('W-51 a step that stands in the flow waits for its event, also one that came before its turn', async () => {
      const groupId = group();
      journal.tell(groupId, 'first', async (bag: Bag) => {
        await app.workflows.emit('alert', groupId, { text: 'early' });
        return { trace: [...bag.trace, 'first'] };
      });
      const { id } = await started(Hearing, {}, groupId);
      await until_(id, 'completed');
      expect((await context(id)).trace).toEqual(['first', 'alert early', 'onward']);
      journal.tell(groupId, 'first', () => undefined);
      const later = await started(Hearing, {}, groupId);
      expect(later.process.status).toBe('waiting'); // it started after the event
      await app.workflows.emit('alert', groupId, { text: 'now' });
      await until_(later.id, 'completed');
    });

    it('W-52 an unsolicited step with next ends what was under way', async () => {
      const { id, groupId } = await started(Listening);
      const corr = correlation(groupId, 'ask');
      await app.workflows.emit('withdrawn', groupId, { reason: 'changed my mind' });
      expect(await settled(id)).toMatchObject({ status: 'completed' });
      expect((await context(id)).note).toBe('changed my mind');
      expect(await app.workflows.respond(Listening, 'answer', corr, { note: 'x' })).toBe('late');
    });

    it('completeWhen ends the process as soon as it holds', async () => {
      const { id, groupId } = await started(Listening);
      await app.workflows.emit('alert', groupId, { text: 'close', closed: true });
      expect((await settled(id)).status).toBe('completed');
    });

    it('prerequisites: a step asks nothing until its condition holds after a version', async () => {
      const { id, groupId, process } = await started(Gated);
      expect(process.status).toBe('waiting');
      expect((await app.workflows.get(id)).waits).toMatchObject([{ kind: 'condition', step: 'answer' }]);
      await app.workflows.emit('alert', groupId, { stock: false });
      await settled(id);
      expect(journal.of(groupId)).toEqual(['alerted']);
      await app.workflows.emit('alert', groupId, { stock: true });
      await until(() => journal.of(groupId), (steps) => steps.includes('ask')); // prettier-ignore
    });
  });

  describe('values', () => {
    it('W-53 dates, enums, nested classes, decimals and UUIDs come back as what they were', async () => {
      const born = new Date('1815-12-10T01:02:03.456Z');
      const address = Object.assign(new Address(), { street: 'St James', since: new Date('2020-02-02') });
      const given = { id: randomUUID(), born, colour: Colour.Blue, address, balance: Decimal.of('10.05') };
      const { id, process } = await started(Typed, given);
      expect(process.status).toBe('completed');
      const { context: read } = await app.workflows.get<typeof Typed>({ workflow: Typed, groupId: process.groupId });
      const customer = read as Customer;
      expect(customer).toBeInstanceOf(Customer);
      expect(customer.born).toEqual(born);
      expect(customer.colour).toBe(Colour.Blue);
      expect(customer.address).toBeInstanceOf(Address);
      expect(customer.address.since).toEqual(new Date('2020-02-02'));
      expect(String(customer.balance)).toBe('11.30');
      expect(customer.loose).toEqual([true, true, true, true, true]);
      expect(((await app.workflows.contextAt(id, 1)) as Customer).balance.toString()).toBe('10.05');
    });

    it('W-54 restart from an earlier version runs again what was not complete in it', async () => {
      const { id, groupId } = await started(Linear);
      const restarted = await app.workflows.restartFrom(id, 2, { actor: 'ada', reason: 'b was wrong' });
      expect(restarted).toMatchObject({ id, status: 'running' });
      expect((await settled(id)).status).toBe('completed');
      expect(journal.of(groupId)).toEqual(['a', 'b', 'c', 'b', 'c']);
      expect(await context(id)).toMatchObject({ trace: ['a', 'b', 'c'] });
      expect(await versions(id)).toBe(7);
      expect((await app.workflows.contextAt(id, 4)).trace).toEqual(['a', 'b', 'c']);
      expect((await app.workflows.contextAt(id, 5)).trace).toEqual(['a']);
      expect((await app.workflows.history(id)).find(({ type }) => type === 'process-restarted')).toMatchObject({
        actor: 'ada',
        reason: 'b was wrong',
        detail: 'from version 2',
      });
    });

    it('W-54 a restart is refused where another process has the group id, or there is no such version', async () => {
      const { id, groupId } = await started(Listening);
      await app.workflows.cancel(id);
      const other = await started(Listening, {}, groupId);
      await expect(app.workflows.restartFrom(id, 1)).rejects.toMatchObject({ processId: other.id, name: 'ProcessAlreadyLiveError' });
      for (const version of [0, -1, 2, 1.5, Number.NaN]) await expect(app.workflows.restartFrom(other.id, version)).rejects.toThrow(InvalidInputError);
    });
  });

  describe('what people do', () => {
    it('suspend() stops the next step, keeps messages, and resume() goes on', async () => {
      const { id, groupId } = await started(RequestResult);
      await app.workflows.suspend(id, { actor: 'ada', reason: 'audit' });
      expect(await app.workflows.respond(RequestResult, 'answer', correlation(groupId, 'askPartner'), { note: 'kept' })).toBe('delivered');
      expect(await statusOf(id)).toBe('suspended');
      expect(journal.of(groupId)).toEqual(['askPartner']);
      await app.workflows.resume(id);
      expect((await settled(id)).status).toBe('completed');
      expect((await context(id)).note).toBe('kept');
    });

    it('refuses what does not apply, with a typed error', async () => {
      const { id } = await started(Linear);
      await expect(app.workflows.cancel(id)).rejects.toThrow(ProcessFinishedError);
      await expect(app.workflows.resume(id)).rejects.toThrow(ProcessFinishedError);
      await expect(app.workflows.get(randomUUID())).rejects.toThrow(ProcessNotFoundError);
      const waiting = await started(RequestResult);
      await expect(app.workflows.retry(waiting.id)).rejects.toThrow(NotWaitingError);
      await expect(app.workflows.resume(waiting.id)).rejects.toThrow(NotWaitingError);
    });

    it('find() pages newest first by every filter, and diff() says what a step changed', async () => {
      const all = await Promise.all([started(RequestResult), started(RequestResult), started(RequestResult)]);
      const page = await app.workflows.find({ workflow: RequestResult, status: 'waiting', waitingFor: 'answer', limit: 2 });
      expect(page.items).toHaveLength(2);
      const next = await app.workflows.find({ workflow: 'asking', status: ['waiting'], waitingFor: 'answer', limit: 2, cursor: page.next! });
      expect(next.items.map(({ id }) => id)).not.toContain(page.items[0]!.id);
      expect((await app.workflows.find({ groupId: all[0]!.groupId })).items.map(({ id }) => id)).toEqual([all[0]!.id]);
      const done_ = await started(Linear);
      expect(await app.workflows.diff(done_.id, 2, 4)).toEqual([{ key: 'trace', before: ['a'], after: ['a', 'b', 'c'], step: 'c' }]);
    });

    it('a start inside a transaction counts when that commits, and not at all when it does not', async () => {
      const groupId = group();
      const { id } = await app.dataSource.transaction((manager) => app.workflows.start(Linear, {}, { groupId, manager }));
      await until_(id, 'completed');
      const lost = app.dataSource.transaction(async (manager) => {
        await app.workflows.start(Linear, {}, { groupId: `${groupId}-lost`, manager });
        throw new Error('rolled back');
      });
      await expect(lost).rejects.toThrow('rolled back');
      await expect(app.workflows.get(Linear, { groupId: `${groupId}-lost` })).rejects.toThrow(ProcessNotFoundError);
    });

    it('oversized and unserialisable values are refused, and nothing is stored', async () => {
      const groupId = group();
      await expect(app.workflows.start(Linear, { extra: 'x'.repeat(2_000_000) }, { groupId })).rejects.toMatchObject({ status: 413 });
      await expect(app.workflows.start(Linear, { extra: () => 1 }, { groupId })).rejects.toMatchObject({ status: 422, key: 'extra' });
      await expect(app.workflows.start(Linear, { extra: { deep: [1n] } }, { groupId })).rejects.toMatchObject({ status: 422, key: 'extra.deep[0]' });
      expect((await app.workflows.find({ groupId })).items).toEqual([]);
      journal.tell(groupId, 'a', () => ({ extra: Number.NaN }));
      expect((await started(Linear, {}, groupId)).process.cause).toMatch(/a: UnserialisableValueError: extra cannot be stored: it is NaN/);
    });
  });
}
