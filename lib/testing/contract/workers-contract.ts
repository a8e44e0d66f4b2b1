import { UNCLAIMED, UNCLAIMED_NEW } from '../../core/process.js';
import { anId, aStart, aWait, knownAs } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function workersContract({ kit: { describe, it, expect }, store }: Bench): void {
  const silentSince = async (since: number) => (await store().maintenance.silentWorkers(since)).map(({ id }) => id);

  describe('workers', () => {
    it('that were not heard of are silent', async () => {
      const [one, two] = [anId('w'), anId('w')];
      const now = await store().maintenance.beat(one);
      await store().maintenance.beat(two);
      expect(Math.abs(now - Date.now()) < 60_000).toBe(true);
      const silent = async (since: number) => (await silentSince(since)).filter((id) => id === one || id === two);
      expect(await silent(now)).toEqual([]);
      expect((await silent(now + 60_000)).sort()).toEqual([one, two].sort());
      await store().maintenance.retire(one);
      expect(await silent(1)).toEqual([one]);
      const all = await store().maintenance.silentWorkers(now + 60_000);
      expect(all.filter(({ id }) => id === one || id === two).map(({ id, retired }) => [id, retired]).sort()).toEqual([[one, true], [two, false]].sort()); // prettier-ignore
      await store().maintenance.forgetWorker(one);
      expect(await silent(now + 60_000)).toEqual([two]);
      await store().maintenance.forgetWorker(two);
    });

    it('that have not shut down are listed with what they hold', async () => {
      const [one, two] = [anId('w'), anId('w')];
      const seenAt = await store().maintenance.beat(one);
      await store().maintenance.beat(two);
      await started(store(), { process: { worker: one }, waits: { put: [aWait({ key: '0/1', kind: 'task', queue: anId('q'), worker: one })] } });
      await started(store(), { process: { worker: one } });
      const listed = async () => (await store().maintenance.workers()).filter(({ id }) => id === one || id === two);
      const [first, second] = (await listed()).sort((a, b) => Number(a.id === two) - Number(b.id === two));
      expect([first, { ...second, seenAt }]).toEqual([{ id: one, seenAt, processes: 2, tasks: 1 }, { id: two, seenAt, processes: 0, tasks: 0 }]); // prettier-ignore
      await store().maintenance.retire(one);
      expect((await listed()).map(({ id }) => id)).toEqual([two]);
      await store().maintenance.forgetWorker(one);
      await store().maintenance.forgetWorker(two);
    });

    it('that hold something and were never heard of are silent', async () => {
      const [one, two] = [anId('w'), anId('w')];
      await started(store(), { process: { worker: one } });
      await started(store(), { process: { worker: UNCLAIMED_NEW } });
      await started(store(), { process: { worker: UNCLAIMED }, waits: { put: [aWait({ kind: 'task', queue: 'q', worker: two })] } });
      expect((await silentSince(0)).filter((id) => [one, two, UNCLAIMED, UNCLAIMED_NEW].includes(id)).sort()).toEqual([one, two].sort());
      await store().maintenance.beat(one);
      expect((await silentSince(0)).filter((id) => id === one || id === two)).toEqual([two]);
    });

    it('that beat again are silent no more', async () => {
      const worker = anId('w');
      await store().maintenance.retire(worker);
      const now = await store().maintenance.beat(worker);
      expect((await silentSince(now)).includes(worker)).toBe(false);
      expect((await store().maintenance.beat(worker)) >= now).toBe(true);
    });

    it('hold processes and tasks', async () => {
      const worker = anId('w');
      const process = await started(store(), { process: { worker, revision: 3 } });
      const { id } = await started(store(), { waits: { put: [aWait({ kind: 'task', queue: 'q', worker, claims: 2, run: 4 })] } });
      const held = await store().maintenance.heldBy(worker, 10);
      expect(held.processes.map(({ id, revision }) => [id, revision])).toEqual([[process.id, 3]]);
      expect(held.tasks).toEqual([{ processId: id, key: '0', run: 4, queue: 'q', readyAt: 0, claim: 2 }]);
      expect(await store().maintenance.heldBy(anId('w'), 10)).toEqual({ processes: [], tasks: [] });
      expect(await store().maintenance.heldBy(worker, 10, [process.id])).toEqual({ processes: [], tasks: held.tasks });
      expect(await store().maintenance.heldBy(worker, 10, [id])).toEqual({ processes: held.processes, tasks: [] });
    });

    it('find processes that nobody holds, of their workflows: those that have begun come first', async () => {
      const workflow = anId('wf');
      const fresh = await started(store(), { process: { workflow, worker: UNCLAIMED_NEW } });
      const free = await started(store(), { process: { workflow, worker: UNCLAIMED } });
      await store().commits.commit([
        aStart({ process: { workflow, worker: 'w' } }),
        aStart({ process: { workflow, worker: null } }),
        aStart({ process: { worker: UNCLAIMED } }),
      ]);
      expect(await store().maintenance.freeProcesses(knownAs(workflow, 'none'), 10)).toEqual([free.id, fresh.id]);
      expect(await store().maintenance.freeProcesses(knownAs(workflow, 'none'), 1)).toEqual([free.id]);
      expect((await store().maintenance.workAt(0, [])).free).toBe(true);
      for (const worker of [UNCLAIMED_NEW, UNCLAIMED]) await started(store(), { process: { workflow, worker } });
      const of = async (limit: number) => (await store().maintenance.freeProcesses(knownAs(workflow), limit)).length;
      expect([await of(1), await of(2), await of(3), await of(9)]).toEqual([1, 2, 3, 4]);
      expect(await store().maintenance.freeProcesses([], 10)).toEqual([]);
    });
  });
}
