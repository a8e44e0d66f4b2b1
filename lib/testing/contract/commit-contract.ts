import type { Change } from '../../core/change.js';
import type { ProcessState } from '../../core/process.js';
import type { ProcessStore } from '../../store/process-store.js';
import { aChange, aMessage, anId, aStart, aWait, type ChangeOverrides } from '../builders.js';
import type { Bench } from '../process-store.contract.js';

export const nothing = { waits: [], messages: [], context: false } as const;

export async function started(store: ProcessStore, given: ChangeOverrides = {}): Promise<ProcessState> {
  const change = aStart(given);
  const [rejection] = await store.commits.commit([change]);
  if (rejection) throw new Error(`Not started: ${rejection.reason} ${String(rejection.error ?? '')}`);
  return change.process;
}

export async function stored(store: ProcessStore, id: string): Promise<ProcessState | null> {
  const [loaded] = await store.commits.load([{ id, ...nothing }]);
  return loaded?.process ?? null;
}

export function commitContract({ kit: { describe, it, expect }, store }: Bench): void {
  const reasons = async (changes: readonly Change[]) => (await store().commits.commit(changes)).map(({ change, reason }) => [change.process.id, reason]);

  describe('commit', () => {
    it('starts a process with all that belongs to it', async () => {
      const wait = aWait({ key: '0', address: `r:${anId()}`, kind: 'response', state: { deep: [1] }, deadline: 5000, dueAt: 5000 });
      const message = aMessage();
      const process = await started(store(), { waits: { put: [wait] }, messages: [message] });
      const [loaded] = await store().commits.load([{ id: process.id, waits: ['0'], messages: [message.id], context: true }]);
      expect(loaded).toEqual({ process, waits: [wait], messages: [message], context: { total: 1 } });
      expect((await store().queries.recordsOf(process.id)).length).toBe(1);
    });

    it('refuses an id that is taken', async () => {
      const process = await started(store());
      expect(await reasons([aStart({ process: { id: process.id, groupId: anId() } })])).toEqual([[process.id, 'exists']]);
    });

    it('refuses a second live process of a group, and nothing else of the batch', async () => {
      const first = await started(store());
      const [other, second, third] = [aStart(), aStart({ process: { groupId: first.groupId } }), aStart()];
      expect(await reasons([other, second, third])).toEqual([[second.process.id, 'exists']]);
      expect(await Promise.all([other, second, third].map(({ process }) => stored(store(), process.id)))).toEqual([other.process, null, third.process]);
      expect(await store().queries.recordsOf(second.process.id)).toEqual([]);
    });

    it('lets one of two starts of a group in one batch win', async () => {
      const groupId = anId('g');
      const both = [aStart({ process: { groupId } }), aStart({ process: { groupId } })];
      expect((await store().commits.commit(both)).map(({ reason }) => reason)).toEqual(['exists']);
    });

    it('takes a group id again once its process is finished', async () => {
      const first = await started(store());
      await store().commits.commit([aChange(first, { process: { status: 'completed', finishedAt: 2000, tokens: [] } })]);
      expect(await reasons([aStart({ process: { groupId: first.groupId } })])).toEqual([]);
    });

    it('keeps the group id of a failed process', async () => {
      const first = await started(store());
      await store().commits.commit([aChange(first, { process: { status: 'failed', cause: 'no stock' } })]);
      const second = aStart({ process: { groupId: first.groupId } });
      expect(await reasons([second])).toEqual([[second.process.id, 'exists']]);
    });

    it('lets a finished process come back only while its group is free', async () => {
      const first = await started(store());
      const finished = aChange(first, { process: { status: 'cancelled', finishedAt: 2000 } });
      await store().commits.commit([finished]);
      const second = await started(store(), { process: { groupId: first.groupId } });
      const back = aChange(finished.process, { process: { status: 'running', finishedAt: null } });
      const other = aStart();
      expect(await reasons([other, back])).toEqual([[first.id, 'exists']]);
      expect(await stored(store(), first.id)).toEqual(finished.process);
      await store().commits.commit([aChange(second, { process: { status: 'completed', finishedAt: 3000 } })]);
      expect(await reasons([back])).toEqual([]);
      expect(await stored(store(), first.id)).toEqual(back.process);
    });

    it('tells group ids apart as they are written', async () => {
      const group = anId('Group');
      const groups = [group, group.toLowerCase(), `${group} `, ` ${group}`, `${group}é`, `${group}e\u0301`];
      expect(await reasons(groups.map((groupId) => aStart({ process: { groupId } })))).toEqual([]);
    });

    it('applies a change to the revision it was made for', async () => {
      const process = await started(store());
      const change = aChange(process, { process: { status: 'waiting', cause: null, tokens: [] } });
      expect(await reasons([change])).toEqual([]);
      expect(await stored(store(), process.id)).toEqual(change.process);
    });

    it('refuses a change made for another revision, with everything that came with it', async () => {
      const process = await started(store());
      await store().commits.commit([aChange(process)]);
      const message = aMessage();
      const late = aChange(process, { waits: { put: [aWait({ key: '0/9' })] }, messages: [message] });
      expect(await reasons([late])).toEqual([[process.id, 'stale']]);
      const [loaded] = await store().commits.load([{ id: process.id, waits: ['0/9'], messages: [message.id], context: false }]);
      expect([loaded?.waits, loaded?.messages]).toEqual([[], []]);
      expect((await store().queries.recordsOf(process.id)).length).toBe(2);
      expect((await store().queries.movesUpTo(process.id, 99)).length).toBe(2);
    });

    it('refuses a change of a process that is not there', async () => {
      const change = aChange(aStart().process);
      expect(await reasons([change])).toEqual([[change.process.id, 'stale']]);
    });

    it('refuses to finish what is finished', async () => {
      const process = await started(store());
      const done = (status: 'completed' | 'cancelled') => aChange(process, { process: { status, finishedAt: 2000 } });
      expect(await reasons([done('completed')])).toEqual([]);
      expect(await reasons([done('cancelled')])).toEqual([[process.id, 'stale']]);
      expect((await stored(store(), process.id))?.status).toBe('completed');
    });

    it('leaves out one loser of many', async () => {
      const processes = await startedMany(store(), 120);
      await store().commits.commit([aChange(processes[57]!)]);
      expect(await reasons(processes.map((process) => aChange(process)))).toEqual([[processes[57]!.id, 'stale']]);
      const revisions = (await store().commits.load(processes.map(({ id }) => ({ id, ...nothing })))).map((loaded) => loaded?.process.revision);
      expect(new Set(revisions)).toEqual(new Set([2]));
    });

    it('lets one of two commits at once win', async () => {
      const process = await started(store());
      const results = await Promise.all(['a', 'b'].map((cause) => store().commits.commit([aChange(process, { process: { cause } })])));
      expect(results.map((rejections) => rejections.length).sort()).toEqual([0, 1]);
      const loser = results.flat()[0]!;
      expect([loser.reason, (await stored(store(), process.id))?.cause]).toEqual(['stale', loser.change.process.cause === 'a' ? 'b' : 'a']);
    });

    it('loses none of many batches at once', async () => {
      const processes = await startedMany(store(), 200);
      const batches = [0, 1, 2, 3].map((part) => processes.filter((_, index) => index % 4 === part).map((process) => aChange(process)));
      expect((await Promise.all(batches.map((batch) => store().commits.commit(batch)))).flat()).toEqual([]);
      const loaded = await store().commits.load(processes.map(({ id }) => ({ id, ...nothing })));
      expect(loaded.every((each) => each?.process.revision === 2)).toBe(true);
    });

    it('takes an empty batch', async () => {
      expect(await store().commits.commit([])).toEqual([]);
    });

    it('takes several records and versions of one process at once', async () => {
      const process = await started(store());
      const one = aChange(process);
      const two = aChange(one.process);
      const both = { ...two, expected: one.expected, versions: [...one.versions, ...two.versions], records: [...one.records, ...two.records] };
      expect(await reasons([both])).toEqual([]);
      expect((await store().queries.recordsOf(process.id)).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    });
  });
}

async function startedMany(store: ProcessStore, count: number): Promise<ProcessState[]> {
  const changes = Array.from({ length: count }, () => aStart());
  await store.commits.commit(changes);
  return changes.map(({ process }) => process);
}
