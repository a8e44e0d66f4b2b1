import type { ProcessState } from '../../core/process.js';
import type { ProcessQuery } from '../../store/port.js';
import { processPlace } from '../../store/process-frame.js';
import { anId, aStart } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function sortingContract({ kit: { describe, it, expect }, store }: Bench): void {
  const ids = async (query: Partial<ProcessQuery>) => (await store().queries.find({ limit: 100, ...query })).map(({ id }) => id);
  const over = { status: 'completed', finishedAt: 5, tokens: [] } as const;
  const found = (values: Record<string, string | null>) => Object.entries(values).map(([name, value]) => ({ name, value }));

  describe('finding processes in an order', () => {
    it('by when they finished or were changed, too, page by page', async () => {
      const workflow = anId('wf');
      const finish = (finishedAt: number, updatedAt: number) => ({ ...over, workflow, startedAt: 9 - finishedAt, finishedAt, updatedAt });
      const made = [finish(5, 3), finish(4, 4), finish(5, 9), { workflow, startedAt: 7, updatedAt: 6 }, finish(6, 3)].map((process) => aStart({ process }));
      await store().commits.commit(made);
      const byId = (a: ProcessState, b: ProcessState) => (a.id < b.id ? -1 : 1);
      const all = made.map(({ process }) => process);
      for (const sort of ['finishedAt', 'updatedAt'] as const) {
        const sorted = all.filter((each) => each[sort] !== null).sort((a, b) => a[sort]! - b[sort]! || byId(a, b)).map(({ id }) => id); // prettier-ignore
        expect(await ids({ workflow, sort, order: 'oldest' })).toEqual(sorted);
        expect(await ids({ workflow, sort })).toEqual([...sorted].reverse());
        expect(await ids({ ids: all.map(({ id }) => id), sort })).toEqual([...sorted].reverse());
        for (const order of ['oldest', 'newest'] as const) {
          const inOrder = order === 'oldest' ? sorted : [...sorted].reverse();
          const [, second, third] = await store().queries.find({ workflow, sort, order, limit: 3 });
          expect(await ids({ workflow, sort, order, after: processPlace(second!, sort) })).toEqual(inOrder.slice(2));
          expect(await ids({ workflow, sort, order, until: processPlace(second!, sort) })).toEqual(inOrder.slice(0, 2));
          expect(await ids({ workflow, sort, order, after: processPlace(second!, sort), until: processPlace(third!, sort) })).toEqual([third!.id]);
        }
      }
      expect(await ids({ workflow, sort: 'finishedAt', statuses: ['cancelled', 'failed'] })).toEqual([]);
      expect(await ids({ workflow, sort: 'updatedAt', statuses: ['completed'], order: 'oldest' })).toHaveLength(4);
    });

    it('by values, and by when they finished or were changed', async () => {
      const workflow = anId('wf');
      const search = found({ who: '"x"', size: '5' });
      const make = (process: object) => started(store(), { process: { workflow, ...process }, search });
      const [a, b, c] = [
        await make({ updatedAt: 3 }),
        await make({ ...over, finishedAt: 2, updatedAt: 5 }),
        await make({ ...over, finishedAt: 8, updatedAt: 4 }),
      ];
      await started(store(), { process: { workflow, updatedAt: 4 }, search: found({ who: '"y"' }) });
      const by = (query: Partial<ProcessQuery>) =>
        ids({
          workflow,
          search: [
            { name: 'who', value: '"x"' },
            { name: 'size', value: '5' },
          ],
          ...query,
        });
      expect(await by({ sort: 'updatedAt' })).toEqual([b.id, c.id, a.id]);
      expect(await by({ sort: 'updatedAt', after: processPlace(b, 'updatedAt'), limit: 1 })).toEqual([c.id]);
      expect(await by({ sort: 'finishedAt', order: 'oldest' })).toEqual([b.id, c.id]);
    });

    it('with pages that end early: what is on them is what one page would have', async () => {
      const workflow = anId('wf');
      const made = Array.from({ length: 12 }, (_, i) =>
        aStart({
          process: {
            workflow,
            groupId: `${i % 3}:${i}`,
            startedAt: Math.floor(i / 2),
            updatedAt: i,
            workflowVersion: (i % 3) + 1,
            ...(i % 2 === 0 ? { ...over, finishedAt: 20 - i } : {}),
          },
          search: found({ who: '"x"', size: String(i % 2) }),
        }),
      );
      await store().commits.commit(made);
      const search = [{ name: 'who', value: '"x"' }, { name: 'size', value: '1' }]; // prettier-ignore
      const asked: Partial<ProcessQuery>[] = [{ version: 2 }, { groupIdPrefix: '1:', prefixIsFrequent: true }, { groupIdPrefix: '2:', prefixIsFrequent: true, statuses: ['completed'], version: 3 }, { updatedAfter: 7 }, { updatedBefore: 4, statuses: ['waiting', 'completed'] }, { sort: 'finishedAt', version: 1 }, { search, version: 1 }, { search }]; // prettier-ignore
      for (const query of asked.flatMap((each) => [each, { ...each, order: 'oldest' as const }])) {
        const all = { workflow, ...query };
        const pages: string[] = [];
        for (let after: ProcessQuery['after']; ;) {
          const until = await store().queries.pageEnd({ ...all, ...(after && { after }) }, 2);
          pages.push(...(await ids({ ...all, ...(after && { after }), ...(until && { until }) })));
          if (until === null) break;
          after = until;
        }
        expect(pages).toEqual(await ids(all));
        expect(pages.length).toBeGreaterThan(0);
      }
    });
  });
}
