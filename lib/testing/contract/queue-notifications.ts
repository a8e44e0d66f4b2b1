import type { Task } from '../../queue/task-queue.js';
import type { QueueBench } from './queue-bench.js';
import { pass } from './work-on-paper.js';

const ALL = ['plain', 'narrow', 'rated'];

export function notificationsContract({ kit: { describe, it, expect }, made }: QueueBench): void {
  const listen = () => made().queue.listen(ALL, made().work);
  const allBegun = (tasks: readonly Task[]) =>
    made().work.until(() => tasks.every((task) => made().work.timesBegun(task) === 1), `each of ${tasks.length} tasks runs once`);
  const aliveAfter = async () => {
    const tasks = made().work.add(1, 'plain');
    await made().queue.notify(tasks);
    await allBegun(tasks);
  };

  describe('a notification', () => {
    it('runs the task', async () => {
      const { queue, work } = made();
      await listen();
      const tasks = [...work.add(1, 'plain'), ...work.add(1, 'narrow')];
      await queue.notify(tasks);
      await allBegun(tasks);
    });

    it('that came before anybody listened is heard later, or repeated', async () => {
      const { queue, work } = made();
      const tasks = work.add(3, 'plain');
      await queue.notify(tasks);
      await pass(30);
      expect(work.begun).toEqual([]);
      await listen();
      await allBegun(tasks);
    });

    it('for later does not run it before', async () => {
      const { queue, work } = made();
      await listen();
      const [later] = work.add(1, 'plain', 250);
      await queue.notify([later!]);
      await aliveAfter();
      await allBegun([later!]);
      expect(work.begun.find(({ id }) => id === later!.id)!.at >= later!.readyAt).toBe(true);
    });

    it('for now counts, after one for later', async () => {
      const { queue, work } = made();
      await listen();
      const [later] = work.add(1, 'plain', 60_000);
      await queue.notify([later!]);
      await aliveAfter();
      expect(work.timesBegun(later!)).toBe(0);
      await queue.notify([work.bringForward(later!)]);
      await allBegun([later!]);
    });

    it('that comes twice runs it once, and spoils nothing', async () => {
      const { queue, work } = made();
      await listen();
      const tasks = work.add(5, 'plain');
      await Promise.all([queue.notify(tasks), queue.notify(tasks), queue.notify([...tasks, ...tasks])]);
      await allBegun(tasks);
      await queue.notify(tasks);
      await aliveAfter();
      expect(work.begun.length).toBe(6);
    });

    it('is one of many, and all run', async () => {
      const { queue, work } = made();
      await listen();
      const tasks = work.add(150, 'plain');
      await Promise.all([queue.notify(tasks.slice(0, 100)), ...tasks.slice(100).map((task) => queue.notify([task]))]);
      await allBegun(tasks);
    });

    it('for what nobody knows is forgotten', async () => {
      const { queue, work } = made();
      await listen();
      const odd = ['', '|', 'a|b|c|d|e', 'p|0|1|0|plain', 'ü:*{}\n\0', '%', 'wait', 'x'.repeat(10_000)];
      await queue.notify(odd.map((id) => ({ id, queue: 'plain', readyAt: 0 })));
      await queue.notify([{ id: 'a', queue: 'no such queue', readyAt: Number.NaN }, { id: 'b', queue: 'plain', readyAt: Infinity }]); // prettier-ignore
      await aliveAfter();
      expect(work.begun.length).toBe(1);
    });

    it('never fails: with nothing, before and after', async () => {
      const { queue, work } = made();
      const tasks = work.add(2, 'plain');
      await queue.notify([]);
      await listen();
      await queue.notify([]);
      await queue.stop();
      await queue.notify(tasks);
    });
  });
}
