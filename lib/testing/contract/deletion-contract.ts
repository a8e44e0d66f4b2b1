import type { MessageState } from '../../core/change.js';
import type { ProcessState } from '../../core/process.js';
import type { DeletedOutgoing, FinishedProcess } from '../../store/port.js';
import { aChange, aMessage, anId, aWait, outgoing } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started, stored } from './commit-contract.js';

const over: Partial<ProcessState> = { status: 'completed', finishedAt: 5, tokens: [] };

export function deletionContract({ kit: { describe, it, expect }, store }: Bench): void {
  const remove = (processes: readonly Pick<ProcessState, 'id' | 'revision'>[], of: DeletedOutgoing = 'none') =>
    store().maintenance.deleteFinished(processes, of);

  describe('deleting finished processes', () => {
    it('leaves no row of them, and all rows of the others', async () => {
      const rows = (id: string) => ({ waits: { put: [aWait({ kind: 'response', address: `r:${id}` })] }, messages: [aMessage({ address: `r:${id}`, processId: id, disposition: 'delivered' })] }); // prettier-ignore
      const made = (process: Partial<ProcessState>) => {
        const id = anId();
        return started(store(), { process: { id, ...process }, ...rows(id) });
      };
      const [gone, cancelled, live, failed, kept] = [await made(over), await made({ ...over, status: 'cancelled' }), await made({}), await made({ status: 'failed' }), await made(over)]; // prettier-ignore
      const deleted = await remove([gone, cancelled, live, failed, { id: anId(), revision: 1 }]);
      expect([...deleted].sort()).toEqual([gone.id, cancelled.id].sort());
      expect(await remove([])).toEqual([]);
      const left = async ({ id }: ProcessState) => [
        (await stored(store(), id)) !== null,
        (await store().queries.recordsOf(id)).length,
        (await store().queries.versions(id, 1, 9)).length,
        (await store().commits.waitsAt([`r:${id}`])).length,
        (await store().commits.knownAt([`r:${id}`])).length,
      ];
      for (const each of [gone, cancelled]) expect(await left(each)).toEqual([false, 0, 0, 0, 0]);
      for (const each of [live, failed, kept]) expect([each.id, ...(await left(each))]).toEqual([each.id, true, 1, 1, 1, 1]);
    });

    it('leaves one that has changed since it was read, whole', async () => {
      const before = await started(store(), { process: over });
      const { process } = aChange(before, { process: over });
      await store().commits.commit([aChange(before, { process: over })]);
      expect(await remove([before])).toEqual([]);
      expect((await store().queries.recordsOf(before.id)).length).toBe(process.revision);
      expect(await remove([process])).toEqual([before.id]);
    });

    it('deletes of the outbox what the caller says: none, what is parked, or all', async () => {
      const left = async (of: DeletedOutgoing) => {
        const id = anId();
        const made = await started(store(), {
          process: { id, ...over },
          outgoing: [outgoing({ processId: id, readyAt: null }), outgoing({ processId: id, readyAt: 7 })],
        });
        await remove([made], of);
        return (await store().queries.outgoingLike({ processId: id, limit: 9 })).map(({ readyAt }) => readyAt);
      };
      expect(new Set(await left('none'))).toEqual(new Set([null, 7]));
      expect(await left('parked')).toEqual([7]);
      expect(await left('all')).toEqual([]);
    });

    it('is offered the finished processes of a workflow, each once, by their ends, in pages', async () => {
      const [workflow, groupId] = [anId('wf'), anId('g')];
      const child = await started(store(), { process: { workflow, ...over, parent: { id: anId(), awaited: true, tied: true } } });
      const given = [
        ...[3, 1, 2, 2, 2].map((finishedAt) => ({ workflow, groupId, ...over, finishedAt })), // of one group id, and several of one moment
        { workflow, ...over, status: 'cancelled' as const, finishedAt: 4 },
        { workflow, workflowVersion: 2, ...over },
        { workflow, ...over, finishedAt: 6 }, // too late
        { workflow },
        { workflow, status: 'failed' as const },
        { workflow: anId('wf'), ...over },
      ];
      const made = await Promise.all(given.map((process) => started(store(), { process })));
      const of = (last?: FinishedProcess) => store().maintenance.finishedOf(workflow, 5, 3, last);
      const seen: FinishedProcess[] = [];
      for (let page = await of(); page.length > 0; page = await of(page.at(-1))) seen.push(...page);
      expect(seen.map(({ id }) => id).sort()).toEqual([child, ...made.slice(0, 7)].map(({ id }) => id).sort());
      expect(seen.map(({ finishedAt }) => finishedAt)).toEqual([1, 2, 2, 2, 3, 4, 5, 5]);
      const { id, workflowVersion, status, parent, revision, finishedAt } = child;
      expect(seen.find((each) => each.id === id)).toMatchObject({ workflow, workflowVersion, status, parent, revision, finishedAt });
    });

    it('finds all messages that a process has received, by arrival and id, whatever became of them', async () => {
      const [id, other] = [anId(), anId()];
      const given = (processId: string | null, receivedAt: number, disposition: MessageState['disposition']) => aMessage({ processId, receivedAt, effectiveAt: receivedAt, disposition, address: `e:paid:${anId()}` }); // prettier-ignore
      const messages = [given(id, 3, 'refused'), given(id, 1, 'delivered'), given(id, 3, 'late'), given(null, 2, 'stored'), given(other, 2, 'delivered')];
      await started(store(), { process: { id }, messages });
      const byPlace = (a: MessageState, b: MessageState) => a.receivedAt - b.receivedAt || (a.id < b.id ? -1 : 1);
      expect(await store().queries.messagesOf(id)).toEqual(messages.slice(0, 3).sort(byPlace));
      expect(await store().queries.messagesOf(anId())).toEqual([]);
    });

    it('frees their ids', async () => {
      const made = await started(store(), { process: over });
      await remove([made]);
      expect((await started(store(), { process: { id: made.id } })).id).toBe(made.id);
    });
  });
}
