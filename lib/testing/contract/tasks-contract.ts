import type { ProcessState } from '../../core/process.js';
import type { ClaimBy, TaskAt } from '../../store/port.js';
import { aChange, anId, aWait, knownAs, type WaitGiven } from '../builders.js';
import type { Bench } from '../process-store.contract.js';
import { started } from './commit-contract.js';

const by: ClaimBy = { worker: 'w1', now: 100, workflows: knownAs('order') };

function aTask(queue: string, given: WaitGiven = {}): WaitGiven {
  return { kind: 'task', queue, readyAt: 50, ...given };
}

export function tasksContract({ kit: { describe, it, expect }, store }: Bench): void {
  const queued = async (tasks: WaitGiven[], process: Partial<ProcessState> = {}) => {
    const { id } = await started(store(), { process, waits: { put: tasks.map((task) => aWait(task)) } });
    return tasks.map(({ key = '0', run = 1, queue, readyAt }): TaskAt => ({ processId: id, key, run, queue: queue!, readyAt: readyAt!, claim: 0 }));
  };

  describe('tasks', () => {
    it('are taken once, and their number grows', async () => {
      const queue = anId('q');
      const [task] = await queued([aTask(queue)]);
      expect(await store().commits.claimTasks([task!], by)).toEqual([{ ...task, claim: 1 }]);
      expect(await store().commits.claimTasks([task!], { ...by, worker: 'w2' })).toEqual([]);
      expect(await store().maintenance.readyTasks(knownAs('order'), [queue], 100, 10)).toEqual([]);
      const [wait] = await store().queries.waitsOf(task!.processId);
      expect(wait).toEqual(aWait({ ...aTask(queue), worker: 'w1', claims: 1, readyAt: null }));
    });

    it('that were given back count on', async () => {
      const queue = anId('q');
      const [task] = await queued([aTask(queue, { claims: 4 })]);
      expect(await store().commits.claimTasks([task!], by)).toEqual([{ ...task, claim: 5 }]);
    });

    it('are taken once by many at the same time', async () => {
      const tasks = await queued(Array.from({ length: 40 }, (_, index) => aTask(anId('q'), { key: `0/${index}` })));
      const taken = (await Promise.all(['a', 'b', 'c', 'd'].map((worker) => store().commits.claimTasks(tasks, { ...by, worker })))).flat();
      expect(taken.length).toBe(new Set(taken.map(({ key }) => key)).size);
      const rest = await store().commits.claimTasks(tasks, by);
      expect(taken.length + rest.length).toBe(40);
    });

    it('are taken only when ready, of this visit, and not what is no task', async () => {
      const queue = anId('q');
      const tasks = await queued([aTask(queue, { key: '0/0', readyAt: 101 }), aTask(queue, { key: '0/1', kind: 'timer' }), aTask(queue, { key: '0/2' })]);
      expect(await store().commits.claimTasks([...tasks.slice(0, 2), { ...tasks[2]!, run: 9 }, { ...tasks[2]!, key: '0/7' }], by)).toEqual([]);
      expect(await store().commits.claimTasks([], by)).toEqual([]);
    });

    it('of a process that is suspended, failed or finished are not taken', async () => {
      const queue = anId('q');
      for (const status of ['suspended', 'failed', 'completed', 'cancelled'] as const) {
        expect(await store().commits.claimTasks(await queued([aTask(queue)], { status }), by)).toEqual([]);
      }
      expect(await store().maintenance.readyTasks(knownAs('order'), [queue], 100, 10)).toEqual([]);
      expect((await store().commits.claimTasks(await queued([aTask(queue)], { status: 'waiting' }), by)).length).toBe(1);
    });

    it('of workflows the worker does not know are not taken', async () => {
      const queue = anId('q');
      const [task] = await queued([aTask(queue)], { workflowVersion: 2 });
      for (const workflows of [knownAs('order', 'other'), [], [{ workflow: 'other', versions: [2] }]])
        expect(await store().commits.claimTasks([task!], { ...by, workflows })).toEqual([]);
      expect((await store().commits.claimTasks([task!], { ...by, workflows: [{ workflow: 'order', versions: [1, 2] }] })).length).toBe(1);
    });

    it('that are ready are found, the longest ready first', async () => {
      const [queue, other] = [anId('q'), anId('q')];
      const tasks = await queued([
        aTask(queue, { key: '0/0', readyAt: 30 }),
        aTask(other, { key: '0/1', readyAt: 10 }),
        aTask(queue, { key: '0/2', readyAt: 20 }),
      ]);
      await queued([aTask(queue, { readyAt: 200 }), aTask(anId('q'), { key: '0/1' })]);
      expect(await store().maintenance.readyTasks(knownAs('order'), [queue, other], 100, 10)).toEqual([tasks[1], tasks[2], tasks[0]]);
      expect(await store().maintenance.readyTasks(knownAs('order'), [queue, other], 100, 1)).toEqual([tasks[1]]);
      expect(await store().maintenance.readyTasks(knownAs('order'), [], 100, 10)).toEqual([]);
    });

    it('at a rate are taken up to it in a window, by all together', async () => {
      const queue = anId('q');
      const tasks = await queued(Array.from({ length: 6 }, (_, index) => aTask(queue, { key: `0/${index}` })));
      const rate = { max: 2, perMs: 1000 };
      const at = (now: number, worker: string) => store().commits.claimTasks(tasks, { ...by, worker, now, rate });
      const first = await Promise.all([at(1000, 'a'), at(1000, 'b'), at(1000, 'c')]);
      expect(first.flat().length).toBe(2);
      expect(await at(1999, 'a')).toEqual([]);
      expect((await at(2000, 'a')).length).toBe(2);
      expect((await at(5000, 'a')).length).toBe(2);
    });

    it('at a rate count one by one, too', async () => {
      const queue = anId('q');
      const tasks = await queued([0, 1, 2].map((index) => aTask(queue, { key: `0/${index}` })));
      const at = async (now: number, task: TaskAt) => (await store().commits.claimTasks([task], { ...by, now, rate: { max: 2, perMs: 1000 } })).length;
      expect([await at(1000, tasks[0]!), await at(1001, tasks[1]!), await at(1999, tasks[2]!), await at(2000, tasks[2]!)]).toEqual([1, 1, 0, 1]);
    });

    it('at a rate begin their time with the first that is taken', async () => {
      const queue = anId('q');
      const tasks = await queued([0, 1].map((index) => aTask(queue, { key: `0/${index}` })));
      const at = async (now: number, task: TaskAt) => (await store().commits.claimTasks([task], { ...by, now, rate: { max: 1, perMs: 1000 } })).length;
      expect(await at(1000, { ...tasks[0]!, run: 9 })).toBe(0);
      expect([await at(1500, tasks[0]!), await at(2400, tasks[1]!), await at(2500, tasks[1]!)]).toEqual([1, 0, 1]);
    });

    it('that are ready at this moment are taken', async () => {
      const [early, now] = await queued([aTask(anId('q'), { key: '0/0', readyAt: 101 }), aTask(anId('q'), { key: '0/1', readyAt: 100 })]);
      expect(await store().commits.claimTasks([early!], by)).toEqual([]);
      expect(await store().commits.claimTasks([now!], by)).toEqual([{ ...now, claim: 1 }]);
    });

    it('that cannot be taken use up no rate', async () => {
      const queue = anId('q');
      const [task] = await queued([aTask(queue)]);
      const rate = { max: 1, perMs: 1000 };
      for (let tries = 0; tries < 3; tries++) expect(await store().commits.claimTasks([{ ...task!, run: 9 }], { ...by, rate })).toEqual([]);
      expect((await store().commits.claimTasks([task!], { ...by, rate })).length).toBe(1);
    });

    it('go with the change that ends them', async () => {
      const queue = anId('q');
      const process = await started(store(), { waits: { put: [aWait(aTask(queue))] } });
      await store().commits.commit([aChange(process, { waits: { delete: ['0'] } })]);
      expect(await store().maintenance.readyTasks(knownAs('order'), [queue], 100, 10)).toEqual([]);
    });
  });
}
