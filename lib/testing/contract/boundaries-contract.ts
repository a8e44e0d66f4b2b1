import { aChange, aMessage, anId, aStart, aWait, knownAs, outgoing } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

/** To the millisecond, and to the row: what is due at a moment, older than one, and how many are handed out. */
export function boundariesContract({ kit: { describe, it, expect }, store }: Bench): void {
  describe('a moment', () => {
    /** Before everything else that is kept here. */
    const LONG_AGO = -1_000_000_000;

    it('is reached, and not passed, by what is due at it', async () => {
      const [workflow, queue] = [anId('wf'), anId('q')];
      const [early, late] = [LONG_AGO, LONG_AGO + 5];
      const task = (key: string, readyAt: number) => aWait({ key, kind: 'task', queue, readyAt });
      const put = [aWait({ key: '0', kind: 'timer', dueAt: late }), aWait({ key: '1', kind: 'timer', dueAt: early }), task('2', late), task('3', early)];
      const process = await started(store(), { process: { workflow }, waits: { put } });
      const { maintenance } = store();
      const due = async (now: number) => (await maintenance.dueWaits(knownAs(workflow), now, 10)).map(({ key }) => key);
      const ready = async (now: number) => (await maintenance.readyTasks(knownAs(workflow), [queue], now, 10)).map(({ key }) => key);
      expect([await due(early - 1), await due(early), await due(late - 1), await due(late)]).toEqual([[], ['1'], ['1'], ['1', '0']]);
      expect([await ready(early - 1), await ready(early), await ready(late - 1), await ready(late)]).toEqual([[], ['3'], ['3'], ['3', '2']]);
      expect((await maintenance.dueWaits(knownAs(workflow), late, 1)).map(({ key }) => key)).toEqual(['1']);
      expect((await maintenance.readyTasks(knownAs(workflow), [queue], late, 1)).map(({ key }) => key)).toEqual(['3']);
      await store().commits.commit([aChange(process, { waits: { clear: true } })]);
      expect([await due(late), await ready(late)]).toEqual([[], []]);
    });

    it('has work from the millisecond on at which it is due', async () => {
      const queue = anId('q');
      const work = async (now: number) => {
        const { due, ready, untransmitted } = await store().maintenance.workAt(now, [queue]);
        return { due, ready, untransmitted };
      };
      const id = anId();
      const none = { due: false, ready: false, untransmitted: false };
      expect(await work(LONG_AGO - 100)).toEqual(none);
      const put = [aWait({ key: '0', kind: 'timer', dueAt: LONG_AGO - 100 }), aWait({ key: '1', kind: 'task', queue, readyAt: LONG_AGO - 99 })];
      const process = await started(store(), { process: { id }, waits: { put }, outgoing: [outgoing({ processId: id, readyAt: LONG_AGO - 98 })] });
      expect(await work(LONG_AGO - 101)).toEqual(none);
      expect(await work(LONG_AGO - 100)).toEqual({ ...none, due: true });
      expect(await work(LONG_AGO - 99)).toEqual({ ...none, due: true, ready: true });
      expect(await work(LONG_AGO - 98)).toEqual({ due: true, ready: true, untransmitted: true });
      const [message] = await store().queries.outgoingLike({ processId: id, limit: 1 });
      await store().outbox.deleteTransmitted([message!.id]);
      await store().commits.commit([aChange(process, { waits: { clear: true } })]);
      expect(await work(LONG_AGO)).toEqual(none);
    });

    it('at which a message was kept is not before it', async () => {
      const message = aMessage({ address: anId('r:'), receivedAt: LONG_AGO });
      await store().commits.keepMessages([message]);
      await store().maintenance.forgetMessages(LONG_AGO);
      expect(await store().commits.messagesAt([message.address])).toHaveLength(1);
      await store().maintenance.forgetMessages(LONG_AGO + 1);
      expect(await store().commits.messagesAt([message.address])).toEqual([]);
    });

    it('from which a wait counts events includes it', async () => {
      const address = anId('e:');
      const workflow = anId('wf');
      await started(store(), {
        process: { workflow, startedAt: 100 },
        waits: { put: [aWait({ key: '0', address }), aWait({ key: '1', address, from: 200 })] },
      });
      const matched = async (effectiveAt: number) => {
        const message = aMessage({ address, receivedAt: 1, effectiveAt });
        await store().commits.keepMessages([message]);
        const all = await store().maintenance.unmatched(knownAs(workflow), 1000);
        await store().maintenance.markMessage(message.id, ['stored'], 'discarded', null);
        return all.filter((match) => match.message.id === message.id).map(({ wait }) => wait.key);
      };
      expect([await matched(99), await matched(100), await matched(199), await matched(200)]).toEqual([[], ['0'], ['0'], ['0', '1']]);
    });
  });

  describe('a limit', () => {
    it('is kept by every list', async () => {
      const [workflow, worker, sender, queue] = [anId('wf'), anId('w'), anId('s'), anId('q')];
      const starts = [1, 2, 3].map((i) => {
        const id = anId();
        const put = [aWait({ key: '0', kind: 'task', queue, worker }), aWait({ key: '1', kind: 'input' })];
        return aStart({
          process: { id, workflow, worker, startedAt: i },
          waits: { put },
          outgoing: [outgoing({ processId: id, workflow, sender, createdAt: i })],
        });
      });
      await store().commits.commit(starts);
      const { queries, maintenance } = store();
      const held = await maintenance.heldBy(worker, 2);
      expect([held.processes.length, held.tasks.length]).toEqual([2, 2]);
      const all = await maintenance.heldBy(worker, 10);
      expect([all.processes.length, all.tasks.length, all.tasks.every((task) => task.queue === queue)]).toEqual([3, 3, true]);
      expect((await queries.find({ workflow, limit: 2 })).map(({ startedAt }) => startedAt)).toEqual([3, 2]);
      expect(await queries.waitsLike({ workflow, kind: 'input', limit: 2 })).toHaveLength(2);
      const sent = await queries.outgoingLike({ sender, limit: 2 });
      expect(sent.map(({ createdAt }) => createdAt)).toEqual([1, 2]);
      expect((await queries.outgoingLike({ sender, limit: 2, after: sent[1]! })).map(({ createdAt }) => createdAt)).toEqual([3]);
      expect(await queries.outgoingLike({ workflow: anId('none'), sender, limit: 2 })).toEqual([]);
      expect(await queries.find({ limit: 2 })).toHaveLength(2);
      const address = anId('r:');
      await started(store(), { process: { workflow }, waits: { put: [aWait({ address })] } });
      await store().commits.keepMessages([3, 1, 2].map((receivedAt) => aMessage({ address, receivedAt })));
      expect(await maintenance.unmatched(knownAs(workflow), 2)).toHaveLength(2);
      expect((await maintenance.unmatched(knownAs(workflow), 9)).map(({ message }) => message.receivedAt)).toEqual([1, 2, 3]);
    });
  });

  describe('what is there, and nothing else', () => {
    it('a queue in which all is taken has no next moment', async () => {
      const queue = anId('q');
      const others = aWait({ key: '1', kind: 'task', queue: anId('q'), readyAt: 5 });
      await started(store(), { waits: { put: [aWait({ key: '0', kind: 'task', queue, worker: 'w' }), others] } });
      expect((await store().queries.queueCounts()).filter((count) => count.queue === queue)).toEqual([{ queue, waiting: 0, taken: 1, readyAt: null }]);
    });

    it('a worker that was never heard of is not one that has shut down', async () => {
      const worker = anId('w');
      await started(store(), { process: { worker } });
      expect((await store().maintenance.silentWorkers(0)).filter(({ id }) => id === worker)).toEqual([{ id: worker, retired: false }]);
    });

    it('workers are listed by their ids', async () => {
      const [one, two] = [anId('w'), anId('w')].sort();
      for (const worker of [two!, one!]) await store().maintenance.beat(worker);
      expect((await store().maintenance.workers()).map(({ id }) => id).filter((id) => id === one || id === two)).toEqual([one, two]);
      for (const worker of [one!, two!]) await store().maintenance.forgetWorker(worker);
    });

    it('the wait for a response that a restart closed is due no more, and still tells its process', async () => {
      const [address, workflow] = [anId('r:'), anId('wf')];
      const process = await started(store(), { process: { workflow }, waits: { put: [aWait({ kind: 'response', address, dueAt: 5 })] } });
      await store().commits.commit([aChange(process, { waits: { clear: true } })]);
      expect(await store().maintenance.dueWaits(knownAs(workflow), 10, 10)).toEqual([]);
      expect(await store().commits.waitsAt([address])).toMatchObject([{ processId: process.id, closed: true }]);
    });

    it('a start whose change is rejected leaves no process', async () => {
      const groupId = anId('g');
      await started(store(), { process: { groupId } });
      const second = aStart({ process: { groupId } });
      expect(await store().commits.commit([second])).toMatchObject([{ reason: 'exists' }]);
      expect(await store().queries.find({ groupId, limit: 10 })).toHaveLength(1);
    });
  });
}
