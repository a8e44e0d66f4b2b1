import type { Change } from '../../core/change.js';
import { type ProcessStatus, UNCLAIMED, UNCLAIMED_NEW } from '../../core/process.js';
import type { WaitQuery } from '../../store/port.js';
import { aChange, aMessage, anId, aStart, aWait, knownAs } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

export function listingContract({ kit: { describe, it, expect }, store }: Bench): void {
  const inputs = async (query: Partial<WaitQuery>) => store().queries.waitsLike({ kind: 'input', limit: 100, ...query });
  const keysOf = async (query: Partial<WaitQuery>) => (await inputs(query)).map(({ process, wait }) => `${process.id} ${wait.token.key}`);

  describe('waits of a kind', () => {
    it('come with the process each belongs to', async () => {
      const workflow = anId('wf');
      const wait = aWait({ key: '0/1', kind: 'task', queue: 'q', node: 'form', worker: 'w', claims: 3, since: 77, state: ['x'] });
      const process = await started(store(), {
        process: { workflow, worker: 'other', claim: 5 },
        waits: { put: [wait, aWait({ key: '0/2', kind: 'timer' })] },
      });
      expect(await inputs({ workflow, kind: 'task' })).toEqual([{ process, wait }]);
    });

    it('are of live processes only', async () => {
      const workflow = anId('wf');
      const put = [aWait({ kind: 'input' })];
      const starts = (['failed', 'suspended', 'completed', 'cancelled'] as const).map((status) => aStart({ process: { workflow, status }, waits: { put } }));
      await store().commits.commit(starts);
      expect((await inputs({ workflow })).map(({ process }) => process.status).sort()).toEqual(['failed', 'suspended']);
    });

    it('are chosen by everything that is asked', async () => {
      const [workflow, groupId] = [anId('wf'), anId('G')];
      const put = [aWait({ key: '0/0', kind: 'input', node: 'form' }), aWait({ key: '0/1', kind: 'input', node: 'other' })];
      const one = await started(store(), { process: { workflow, groupId }, waits: { put } });
      await store().commits.commit([aStart({ process: { workflow: anId('wf'), groupId }, waits: { put } })]);
      expect(await keysOf({ workflow, step: 'form' })).toEqual([`${one.id} 0/0`]);
      expect(await keysOf({ workflow, groupId })).toEqual([`${one.id} 0/0`, `${one.id} 0/1`]);
      expect((await keysOf({ groupId })).length).toBe(4);
      expect((await keysOf({ groupId, limit: 3 })).length).toBe(3);
      expect(await keysOf({ workflow, groupId: groupId.toLowerCase() })).toEqual([]);
      expect(await keysOf({ workflow, kind: 'event' })).toEqual([]);
      expect((await keysOf({ step: 'form', limit: 1 })).length).toBe(1);
    });

    it('are listed page by page, oldest first', async () => {
      const workflow = anId('wf');
      const put = (since: number, keys: string[]) => keys.map((key) => aWait({ key, since, kind: 'input' }));
      const starts = [[20, ['0']], [10, ['0/2', '0/10']], [10, ['0', '0/1']], [5, ['0']]] as const; // prettier-ignore
      await store().commits.commit(starts.map(([since, keys]) => aStart({ process: { workflow }, waits: { put: put(since, [...keys]) } })));
      const pages: string[] = [];
      for (let after: WaitQuery['after']; ;) {
        const page = await inputs({ workflow, limit: 2, ...(after && { after }) });
        if (page.length === 0) break;
        pages.push(...page.map(({ process, wait }) => `${process.id} ${wait.token.key}`));
        const { process, wait } = page.at(-1)!;
        after = { since: wait.token.since, processId: process.id, key: wait.token.key };
      }
      expect(pages).toEqual(await keysOf({ workflow }));
      expect(new Set(pages).size).toBe(6);
      expect((await inputs({ workflow })).map(({ wait }) => wait.token.since)).toEqual([5, 10, 10, 10, 10, 20]);
      const places = (await inputs({ workflow })).map(({ process, wait: { token } }) => [`${token.since}`.padStart(2, '0'), process.id, token.key].join(' '));
      expect(places).toEqual([...places].sort());
    });
  });

  describe('task queues', () => {
    it('are counted: what waits, what is taken, and since when', async () => {
      const queue = anId('q');
      const task = (key: string, given: object) => aWait({ key, kind: 'task', queue, ...given });
      await started(store(), { waits: { put: [task('0/1', { readyAt: 7 }), task('0/2', { readyAt: 5 }), task('0/3', { readyAt: null, worker: 'w' })] } });
      const counted = async () => (await store().queries.queueCounts()).filter((count) => count.queue === queue);
      expect(await counted()).toEqual([{ queue, waiting: 2, taken: 1, readyAt: 5 }]);
      await started(store(), { waits: { put: [aWait({ kind: 'timer' }), aWait({ key: '0/1', kind: 'task', queue: anId('q') })] } });
      for (const name of [`${queue}b`, `${queue}a`]) await started(store(), { waits: { put: [aWait({ kind: 'task', queue: name })] } });
      const queues = (await store().queries.queueCounts()).map((count) => count.queue);
      expect(queues.every((name) => typeof name === 'string' && name !== 'undefined')).toBe(true);
      expect(queues).toEqual([...queues].sort());
    });
  });

  describe('a task queue', () => {
    it('whose tasks have no moment tells none', async () => {
      const queue = anId('q');
      await started(store(), { waits: { put: [aWait({ kind: 'task', queue, readyAt: null })] } });
      expect((await store().queries.queueCounts()).filter((count) => count.queue === queue)).toEqual([{ queue, waiting: 1, taken: 0, readyAt: null }]);
    });
  });

  describe('gauges, where there are any', () => {
    const gauges = async (now: number) => await store().queries.gauges(now);

    it('count live processes by workflow and status, and those that no worker has claimed', async () => {
      const [workflow, before] = [anId('wf'), await gauges(0)];
      const of = (status: ProcessStatus, worker: string | null = null) => aStart({ process: { workflow, status, worker } });
      await store().commits.commit([of('failed'), of('failed'), of('waiting'), of('completed'), of('running', UNCLAIMED), of('running', UNCLAIMED_NEW)]);
      const after = await gauges(0);
      const counts = after?.processes
        .filter((each) => each.workflow === workflow)
        .map(({ status, count }) => `${status} ${count}`)
        .sort();
      expect(counts).toEqual(after === null ? undefined : ['failed 2', 'running 2', 'waiting 1']);
      expect(after && after.unclaimed - before!.unclaimed).toBe(after === null ? null : 2);
    });

    it('tell the oldest wait of each step, and how many take too long', async () => {
      const workflow = anId('wf');
      const put = [
        aWait({ key: '0/1', node: 'ask', since: 7 }),
        aWait({ key: '0/2', node: 'ask', since: 5 }),
        aWait({ key: '0/3', kind: 'timer', node: 'rest', since: 1 }),
      ];
      const late = [aWait({ key: '0~o1', kind: 'overdue', node: 'ask' }), aWait({ key: '0~o2', kind: 'overdue', node: 'ask' })];
      await started(store(), { process: { workflow }, waits: { put: [...put, ...late] } });
      const found = await gauges(0);
      expect(found?.oldestWaits.filter((each) => each.workflow === workflow)).toEqual(found === null ? undefined : [{ workflow, step: 'ask', since: 5 }]);
      expect(found?.overdue.filter((each) => each.workflow === workflow)).toEqual(found === null ? undefined : [{ workflow, step: 'ask', count: 2 }]);
    });

    it('tell of each queue which tasks are ready, later or taken, and since when the first is ready', async () => {
      const queue = anId('q');
      const task = (key: string, given: object) => aWait({ key, kind: 'task', queue, ...given });
      const put = [task('0/1', { readyAt: 7 }), task('0/2', { readyAt: 5 }), task('0/3', { readyAt: 8 }), task('0/4', { readyAt: null, worker: 'w' })];
      await started(store(), { waits: { put } });
      const found = await gauges(7);
      const counted = { queue, ready: 2, later: 1, taken: 1, readyAt: 5 };
      expect(found?.queues.filter((each) => each.queue === queue)).toEqual(found === null ? undefined : [counted]);
    });
  });

  describe('audit records', () => {
    it('come a page at a time', async () => {
      const process = await started(store());
      await store().commits.commit([aChange(process, {})]);
      const all = await store().queries.recordsOf(process.id);
      expect(all.length).toBeGreaterThan(1);
      expect(await store().queries.recordsOf(process.id, { after: 0, limit: 1 })).toEqual([all[0]]);
      expect(await store().queries.recordsOf(process.id, { after: all[0]!.sequence, limit: 100 })).toEqual(all.slice(1));
      expect(await store().queries.recordsOf(process.id, { after: all.at(-1)!.sequence, limit: 100 })).toEqual([]);
    });
  });

  describe('processes', () => {
    const ids = async (query: object) => (await store().queries.find({ limit: 100, ...query })).map(({ id }) => id);

    it('are found by version, and by what takes too long', async () => {
      const workflow = anId('wf');
      const late = await started(store(), { process: { workflow, startedAt: 2 }, waits: { put: [aWait({ key: '0~o1', kind: 'overdue' })] } });
      const second = await started(store(), { process: { workflow, workflowVersion: 2, startedAt: 1 }, waits: { put: [aWait()] } });
      expect(await ids({ workflow, version: 2 })).toEqual([second.id]);
      expect(await ids({ workflow, version: 3 })).toEqual([]);
      expect(await ids({ workflow })).toEqual([late.id, second.id]);
      expect(await ids({ workflow, overdue: true })).toEqual([late.id]);
      expect(await ids({ workflow, overdue: false })).toEqual([second.id]);
      await store().commits.commit([aChange(late, { waits: { kill: ['0'] } })]);
      expect(await ids({ workflow, overdue: true })).toEqual([]);
    });

    it('to look after are those of the versions that are known', async () => {
      const workflow = anId('wf');
      const [queue, address] = [anId('q'), anId('r:')];
      const waits = { put: [aWait({ dueAt: -9, address }), aWait({ key: '0/1', kind: 'task', queue, readyAt: -9 })] };
      const start = (workflowVersion: number) => aStart({ process: { workflow, workflowVersion, worker: '' }, waits });
      const [one, two, three] = [start(1), start(2), start(3)];
      await store().commits.commit([one, two, three]);
      const free = async (versions: number[]) => (await store().maintenance.freeProcesses([...knownAs('none'), { workflow, versions }], 10)).slice().sort();
      const due = async (versions: number[]) => (await store().maintenance.dueWaits([{ workflow, versions }], 0, 10)).map(({ processId }) => processId).sort();
      expect(await free([1, 3])).toEqual([one.process.id, three.process.id].sort());
      expect(await due([2, 3, 4])).toEqual([two.process.id, three.process.id].sort());
      await store().commits.keepMessages([aMessage({ address })]);
      const ready = async (versions: number[]) =>
        (await store().maintenance.readyTasks([{ workflow, versions }], [queue], 0, 10)).map(({ processId }) => processId).sort();
      const met = async (versions: number[]) => (await store().maintenance.unmatched([{ workflow, versions }], 10)).map(({ wait }) => wait.processId).sort();
      expect(await ready([1, 2])).toEqual([one.process.id, two.process.id].sort());
      expect(await met([3])).toEqual([three.process.id]);
      for (const of of [free, due, ready, met]) expect(await of([])).toEqual([]);
      expect([await store().maintenance.readyTasks([], [queue], 0, 10), await store().maintenance.unmatched([], 10)]).toEqual([[], []]);
      expect((await store().maintenance.dueWaits([{ workflow, versions: [1, 2, 3] }], 0, 10)).length).toBe(3);
    });

    it('to look after are not those that could not be read', async () => {
      const [workflow, queue, address] = [anId('wf'), anId('q'), anId('r:')];
      const waits = { put: [aWait({ dueAt: -9, address }), aWait({ key: '0/1', kind: 'task', queue, readyAt: -9 })] };
      const [one, two, three] = [1, 2, 3].map(() => aStart({ process: { workflow, worker: '' }, waits })) as [Change, Change, Change];
      await store().commits.commit([one, two, three]);
      await store().commits.keepMessages([aMessage({ address })]);
      const known = [{ workflow, versions: [1], except: [one.process.id, three.process.id] }];
      const { maintenance, commits } = store();
      expect(await maintenance.freeProcesses(known, 10)).toEqual([two.process.id]);
      expect((await maintenance.dueWaits(known, 0, 10)).map(({ processId }) => processId)).toEqual([two.process.id]);
      expect((await maintenance.unmatched(known, 10)).map(({ wait }) => wait.processId)).toEqual([two.process.id]);
      expect((await maintenance.readyTasks(known, [queue], 0, 10)).map(({ processId }) => processId)).toEqual([two.process.id]);
      const tasks = await maintenance.readyTasks(knownAs(workflow), [queue], 0, 10);
      expect(tasks).toHaveLength(3);
      const taken = await commits.claimTasks(tasks, { worker: 'w', now: 0, workflows: known });
      expect(taken.map(({ processId }) => processId)).toEqual([two.process.id]);
    });
  });
}
