import type { ProcessState } from '../../core/process.js';
import type { ListedProcess } from '../../store/port.js';
import { aChange, aMessage, anId, aWait } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started, stored } from './commit-contract.js';

export function deletionContract({ kit: { describe, it, expect }, store }: Bench): void {
  describe('deleting completed processes', () => {
    it('leaves no row of them, and all rows of the others', async () => {
      const over: Partial<ProcessState> = { status: 'completed', finishedAt: 5, tokens: [] };
      const rows = (id: string) => ({ waits: { put: [aWait({ kind: 'response', address: `r:${id}` })] }, messages: [aMessage({ address: `r:${id}`, processId: id, disposition: 'delivered' })] }); // prettier-ignore
      const [gone, cancelled, live, kept] = [anId(), anId(), anId(), anId()];
      const made = [
        await started(store(), { process: { id: gone, ...over }, ...rows(gone) }),
        await started(store(), { process: { id: cancelled, ...over, status: 'cancelled' }, ...rows(cancelled) }),
        await started(store(), { process: { id: live }, ...rows(live) }),
        await started(store(), { process: { id: kept, ...over }, ...rows(kept) }),
      ];
      await store().maintenance.deleteCompleted([gone, cancelled, live, anId()]);
      await store().maintenance.deleteCompleted([]);
      const left = async (id: string) => [
        (await stored(store(), id)) !== null,
        (await store().queries.recordsOf(id)).length,
        (await store().queries.versions(id, 1, 9)).length,
        (await store().commits.waitsAt([`r:${id}`])).length,
        (await store().commits.knownAt([`r:${id}`])).length,
      ];
      expect(await left(gone)).toEqual([false, 0, 0, 0, 0]);
      for (const { id } of made.slice(1)) expect([id, ...(await left(id))]).toEqual([id, true, 1, 1, 1, 1]);
    });

    it('is offered all processes of a workflow, each once, in pages of an order that no change alters', async () => {
      const [workflow, groupId] = [anId('wf'), anId('g')];
      const over: Partial<ProcessState> = { status: 'completed', finishedAt: 5, tokens: [] };
      const child = await started(store(), { process: { workflow, ...over, parent: { id: anId(), awaited: true, tied: true } } });
      const given = [
        ...[3, 1, 2, 2].map((startedAt) => ({ workflow, groupId, startedAt, ...over })), // of one group id, and two of one moment
        ...Array.from({ length: 5 }, () => ({ workflow, workflowVersion: 2, ...over })),
        { workflow: anId('wf'), ...over },
      ];
      const made = await Promise.all(given.map((process) => started(store(), { process })));
      const [live, of] = [await started(store(), { process: { workflow } }), (last?: ListedProcess) => store().maintenance.processesOf(workflow, 3, last)];
      const seen: ListedProcess[] = [];
      for (let page = await of(); page.length > 0; page = await of(page.at(-1))) {
        seen.push(...page);
        if (seen.length === 3) await store().commits.commit([aChange(live, { process: { ...over } })]);
      }
      const wanted = [child, live, ...made.slice(0, -1)];
      expect(seen.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort());
      const { id, workflowVersion, status, parent, startedAt } = child;
      expect(seen.find((each) => each.id === id)).toMatchObject({ workflow, workflowVersion, groupId: child.groupId, status, parent, startedAt });
    });

    it('frees their ids', async () => {
      const { id } = await started(store(), { process: { status: 'completed', finishedAt: 5, tokens: [] } });
      await store().maintenance.deleteCompleted([id]);
      expect((await started(store(), { process: { id } })).id).toBe(id);
    });
  });
}
