import type { MessageState } from '../../core/change.js';
import type { ProcessState } from '../../core/process.js';
import type { DeletedOutgoing, FinishedProcess } from '../../store/port.js';
import { aChange, aMessage, anId, aVersion, aWait, outgoing } from '../builders.js';
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

    it('finds and deletes messages that no process has received, and no others', async () => {
      const given = (processId: string | null) => aMessage({ id: anId('m'), processId, address: `e:paid:${anId()}`, disposition: processId === null ? 'stored' : 'delivered' }); // prettier-ignore
      const id = anId();
      const messages = [given(null), given(null), given(id)];
      await started(store(), { process: { id }, messages });
      const { queries, maintenance } = store();
      const ids = messages.slice(0, 2).map((message) => message.id).sort(); // prettier-ignore
      const all = async (after = ''): Promise<string[]> => {
        const page = await queries.unreceived(after, 1);
        return page.length === 0 ? [] : [page[0]!.id, ...(await all(page[0]!.id))];
      };
      const found = await all();
      expect(found).toEqual([...new Set(found)].sort());
      expect(found.filter((each) => messages.some((message) => message.id === each))).toEqual(ids);
      await maintenance.deleteUnreceived(messages.map((message) => message.id).slice(1));
      await maintenance.deleteUnreceived([]);
      expect((await all()).filter((each) => ids.includes(each))).toEqual([messages[0]!.id]);
      expect((await queries.messagesOf(id)).map((message) => message.id)).toEqual([messages[2]!.id]);
    });

    it('finds the processes that others have started, live and finished', async () => {
      const [one, two, none] = [anId(), anId(), anId()];
      const child = (parent: string, more: Partial<ProcessState> = {}) => started(store(), { process: { parent: { id: parent, awaited: false, tied: false }, ...more } }); // prettier-ignore
      const made = [await child(one), await child(one, over), await child(two, { ...over, status: 'cancelled' })];
      await child(none);
      expect((await store().queries.childrenOf([one, two])).map(({ id }) => id).sort()).toEqual(made.map(({ id }) => id).sort());
      expect(await store().queries.childrenOf([])).toEqual([]);
    });

    it('searches the versions of processes for a piece of JSON, in pages by id', async () => {
      const workflow = anId('wf');
      const text = `50%_!"\\ ${anId()}`;
      const ids = Array.from({ length: 5 }, (_, i) => `${anId()}-${i}`);
      const values = [{ a: text }, { a: `${text}.` }, { a: [{ b: text }] }, { a: 'x' }, { a: text.replace('%', 'x') }];
      for (const [i, id] of ids.entries()) await started(store(), { process: { id, workflow }, versions: [aVersion({ patch: {}, snapshot: values[i]! })] });
      await store().commits.commit([aChange((await stored(store(), ids[3]!))!, { versions: [aVersion({ version: 2, patch: { c: text }, snapshot: null })] })]);
      const search = async (of: string, after = ''): Promise<string[]> => {
        const { ids: found, next } = await store().queries.contextsWith(JSON.stringify(text), { workflow: of, after, limit: 2 });
        return next === null ? [...found] : [...found, ...(await search(of, next))];
      };
      expect((await search(workflow)).sort()).toEqual([ids[0], ids[2], ids[3]].sort()); // one that goes on after the text has another end
      expect(await search(anId('wf'))).toEqual([]);
    });

    it('tells how much there is of each workflow, and of how many bytes', async () => {
      const [workflow, other] = [anId('wf'), anId('wf')];
      const sizesOf = async () => (await store().queries.sizes()).filter((size) => [workflow, other].includes(size.workflow));
      const bytesOf = async (after = ''): Promise<number> => {
        const { bytes, next } = await store().queries.bytesIn({ after, limit: 2 });
        return (bytes.get(workflow) ?? 0) + (next === null ? 0 : await bytesOf(next));
      };
      const first = await started(store(), { process: { workflow, status: 'failed' } });
      await store().commits.commit([aChange(first)]);
      await started(store(), { process: { workflow, ...over } });
      await started(store(), { process: { workflow: other, ...over, status: 'cancelled' } });
      expect(await sizesOf()).toEqual([
        { workflow, live: 1, finished: 1, versions: 3, records: 3 },
        { workflow: other, live: 0, finished: 1, versions: 1, records: 1 },
      ]);
      const before = await bytesOf();
      await started(store(), { process: { workflow }, versions: [aVersion({ snapshot: { text: 'é'.repeat(5000) } })] });
      const more = (await bytesOf()) - before;
      expect(more).toBeGreaterThan(10_000); // two bytes each
      expect(more).toBeLessThan(11_000);
    });

    it('frees their ids', async () => {
      const made = await started(store(), { process: over });
      await remove([made]);
      expect((await started(store(), { process: { id: made.id } })).id).toBe(made.id);
    });
  });
}
