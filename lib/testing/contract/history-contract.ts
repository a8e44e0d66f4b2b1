import type { ProcessState } from '../../core/process.js';
import { processPlace } from '../../store/process-frame.js';
import type { ProcessQuery } from '../../store/port.js';
import { aChange, anId, aStart, aVersion, aWait } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started, stored } from './commit-contract.js';

export function historyContract({ kit: { describe, it, expect }, store }: Bench): void {
  describe('looking up', () => {
    const finished = async (given: Partial<ProcessState>) => started(store(), { process: { status: 'completed', finishedAt: 5, tokens: [], ...given } });
    const ids = async (query: Partial<ProcessQuery>) => (await store().queries.find({ limit: 100, ...query })).map(({ id }) => id);

    it('answers in the order it was asked, and null for what is not there', async () => {
      const [one, two] = [await started(store()), await started(store())];
      const wants = [two.id, 'nobody', one.id].map((id) => ({ id, waits: [], messages: [], context: false }));
      expect((await store().commits.load(wants)).map((loaded) => loaded?.process.id ?? null)).toEqual([two.id, null, one.id]);
      expect(await store().commits.load([])).toEqual([]);
      expect((await store().commits.load(wants))[0]?.context).toBe(null);
      expect(await store().queries.waitsOf('nobody')).toEqual([]);
      expect(await stored(store(), 'nobody')).toBe(null);
    });

    it('finds the live process of a group, else the latest', async () => {
      const [groupId, other] = [anId('g'), anId('wf')];
      await finished({ groupId, startedAt: 3000 });
      const live = await started(store(), { process: { groupId, startedAt: 2000 } });
      await finished({ groupId, workflow: other, startedAt: 100 });
      const latest = await finished({ groupId, workflow: other, startedAt: 200 });
      const found = await store().queries.byGroup(['order', other, 'none'], groupId);
      expect(found.map(({ id }) => id)).toEqual([live.id, latest.id]);
      expect(await store().queries.byGroup(['order'], `${groupId} `)).toEqual([]);
      expect(await store().queries.byGroup([], groupId)).toEqual([]);
    });

    it('of those that began at the same moment, has the one with the highest id first', async () => {
      const [groupId, workflow] = [anId('g'), anId('wf')];
      for (const id of ['2', '3', '1']) await finished({ id: `${groupId}-${id}`, groupId, workflow, startedAt: 100 });
      expect((await store().queries.byGroup([workflow], groupId)).map(({ id }) => id)).toEqual([`${groupId}-3`]);
      expect(await ids({ workflow })).toEqual(['3', '2', '1'].map((id) => `${groupId}-${id}`));
    });

    it('filters by everything it is asked', async () => {
      const workflow = anId('wf');
      const groupId = anId('G');
      const one = await started(store(), { process: { workflow, groupId, startedAt: 10 }, waits: { put: [aWait({ node: 'pay' })] } });
      const two = await started(store(), { process: { workflow, status: 'failed', startedAt: 20 } });
      const three = await finished({ workflow, startedAt: 30 });
      expect(await ids({ workflow })).toEqual([three.id, two.id, one.id]);
      expect(await ids({ workflow, statuses: ['failed', 'completed'] })).toEqual([three.id, two.id]);
      expect(await ids({ workflow, statuses: [] })).toEqual([]);
      expect(await ids({ workflow, groupId })).toEqual([one.id]);
      expect(await ids({ workflow, groupId: groupId.toLowerCase() })).toEqual([]);
      expect(await ids({ workflow, waitingFor: 'pay' })).toEqual([one.id]);
      expect(await ids({ workflow, waitingFor: 'ship' })).toEqual([]);
      expect(await ids({ workflow, startedBefore: 20 })).toEqual([one.id]);
      expect(await ids({ workflow, limit: 2 })).toEqual([three.id, two.id]);
      expect((await store().queries.find({ workflow, limit: 1 }))[0]).toEqual(three);
    });

    it('does not take a closed wait for one', async () => {
      const workflow = anId('wf');
      const process = await started(store(), { process: { workflow }, waits: { put: [aWait({ kind: 'response', node: 'pay' })] } });
      await store().commits.commit([aChange(process, { waits: { clear: true } })]);
      expect(await ids({ workflow, waitingFor: 'pay' })).toEqual([]);
    });

    it('goes on after a process, also among those started at the same moment', async () => {
      const workflow = anId('wf');
      const starts = Array.from({ length: 7 }, (_, index) => aStart({ process: { workflow, startedAt: index < 5 ? 10 : 20 } }));
      await store().commits.commit(starts);
      const pages: string[] = [];
      for (let after: ProcessQuery['after']; ;) {
        const page = await store().queries.find({ workflow, limit: 3, ...(after && { after }) });
        if (page.length === 0) break;
        pages.push(...page.map(({ id }) => id));
        after = processPlace(page.at(-1)!);
      }
      expect(pages.length).toBe(7);
      expect(new Set(pages)).toEqual(new Set(starts.map(({ process }) => process.id)));
      expect(pages).toEqual(await ids({ workflow }));
    });

    it('tells what a step returned, and what undoing it needs', async () => {
      const process = await started(store());
      const results = [null, false, 0, '', 'text "\\u0000 \0', [1, { a: null }], { deep: ['ä'] }, undefined] as const;
      const undo = (index: number) =>
        index % 3 === 2 ? { undone: index } : { key: `0/${index}`, run: index, item: index === 3 ? null : { n: 'ä' }, index, previous: 1 };
      const versions = results.map((result, index) =>
        aVersion({ version: 2 + index, step: `s${index}`, snapshot: null, ...(result !== undefined && { result }), ...(index > 1 && { undo: undo(index) }) }),
      );
      const next = aChange(process, { process: { contextVersion: 1 + versions.length }, versions });
      expect(await store().commits.commit([next])).toEqual([]);
      expect(await store().queries.versions(process.id, 2, 99)).toEqual(versions);
      expect((await store().queries.versions(process.id, 2, 99)).map((each) => 'result' in each)).toEqual(results.map((result) => result !== undefined));
      expect((await store().queries.versions(process.id, 1, 3)).map(({ version }) => version)).toEqual([1, 2, 3]);
      expect(await store().queries.versions(process.id, 50, 60)).toEqual([]);
      const marks = versions.slice(2).map(({ version, step }, index) => ({ version, step, undo: undo(index + 2) }));
      expect(await store().queries.undoMarks(process.id)).toEqual(marks.reverse());
    });

    it('tells how the tokens moved', async () => {
      const moves = [['0'], ['0/1', 'pay'], ['0/2', 'all', ['a"', null, { x: [1] }]], ['0/3', 'none', []]] as const;
      const process = await started(store());
      await store().commits.commit([aChange(process, { versions: [aVersion({ version: 2, snapshot: null, moves })] })]);
      expect(await store().queries.movesUpTo(process.id, 2)).toEqual([[['0', 'approve']], moves]);
      expect(await store().queries.movesUpTo(process.id, 1)).toEqual([[['0', 'approve']]]);
    });
  });
}
