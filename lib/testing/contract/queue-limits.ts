import type { QueueBench } from './queue-bench.js';
import { CONTRACT_QUEUES } from './queue-bench.js';
import { pass } from './work-on-paper.js';

export function limitsContract({ kit: { describe, it, expect }, made }: QueueBench): void {
  const listen = () => made().queue.listen(Object.keys(CONTRACT_QUEUES), made().work);

  describe('a task queue', () => {
    it('names its queues, or takes any', () => {
      const { queues } = made().queue;
      if (queues !== null) expect([...queues].sort()).toEqual(Object.keys(CONTRACT_QUEUES).sort());
    });

    it('runs no more at once than it may', async () => {
      const { queue, work, unlimited } = made();
      work.bodyMs = 10;
      await listen();
      await queue.notify(work.add(15, 'narrow'));
      await work.until(() => work.begun.length === 15, 'all have begun');
      if (!unlimited) expect(work.most).toBe(CONTRACT_QUEUES.narrow.concurrency);
    });

    it('runs other queues while one is full', async () => {
      const { queue, work } = made();
      work.bodyMs = 'open';
      await listen();
      await queue.notify(work.add(4, 'narrow'));
      await work.until(() => work.begun.length >= 2, 'the narrow one is full');
      const [other] = work.add(1, 'plain');
      await queue.notify([other!]);
      await work.until(() => work.timesBegun(other!) === 1, 'the other one runs');
    });

    it('begins no more in a length of time than it may', async () => {
      const { queue, work, unlimited } = made();
      const { max, per } = CONTRACT_QUEUES.rated.rate;
      await listen();
      await queue.notify(work.add(7, 'rated'));
      await work.until(() => work.begun.length === 7, 'all have begun');
      const inOneAfter = (from: number) => work.begun.filter(({ at }) => at >= from && at < from + per * 0.9).length;
      if (!unlimited) expect(Math.max(...work.begun.map(({ at }) => inOneAfter(at))) <= 2 * max).toBe(true); // two windows touch it
    });

    it('tries again what was over the rate', async () => {
      const { queue, work } = made();
      work.refusals = 2;
      await listen();
      await queue.notify(work.add(5, 'rated'));
      await work.until(() => work.begun.length === 5, 'all have begun');
    });

    it('takes nothing more after a stop, and lets go on what runs', async () => {
      const { queue, work } = made();
      work.bodyMs = 'open';
      await listen();
      await queue.notify(work.add(1, 'plain'));
      await work.until(() => work.begun.length === 1, 'one runs');
      const stopped = queue.stop();
      await queue.notify(work.add(3, 'plain'));
      await stopped;
      await queue.notify(work.add(3, 'plain'));
      work.endAll();
      await pass(100);
      expect(work.begun.length).toBe(1);
    });

    it('that is stopped before it has looked around takes nothing', async () => {
      const { queue, work } = made();
      work.add(3, 'plain');
      await listen();
      await queue.stop();
      await pass(50);
      expect(work.begun).toEqual([]);
    });

    it('stops with tasks waiting, and twice', async () => {
      const { queue, work } = made();
      work.bodyMs = 'open';
      await listen();
      await queue.notify(work.add(6, 'narrow'));
      await work.until(() => work.begun.length >= 2, 'it is full');
      await queue.stop();
      const { length } = work.begun;
      work.endAll();
      await pass(100);
      expect(work.begun.length).toBe(length);
      await queue.stop();
    });
  });
}
