import { CONTRACT_QUEUES, type ContractQueues, type QueueBench, type TaskQueueUnderTest } from './contract/queue-bench.js';
import { limitsContract } from './contract/queue-limits.js';
import { notificationsContract } from './contract/queue-notifications.js';
import { WorkOnPaper } from './contract/work-on-paper.js';
import { kitOf, type TestKit } from './kit.js';

/**
 * The test suite that every task queue must pass. `create` hands out a new one with the queues it is given, which does not
 * listen yet. The suite stands in for the engine: it tells what is ready, and announces again what was not taken.
 *
 * @example
 * describe('my queue', () => taskQueueContract(async (queues) => ({ queue: openMine(queues), close: () => closeMine() })));
 */
export function taskQueueContract(create: (queues: ContractQueues) => Promise<TaskQueueUnderTest>, given?: TestKit): void {
  const kit = kitOf(given);
  let made: ReturnType<QueueBench['made']>;
  kit.beforeEach(async () => {
    const under = await create(CONTRACT_QUEUES);
    made = { ...under, work: new WorkOnPaper(under.queue) };
  });
  kit.afterEach(async () => {
    made.work.endAll();
    await made.queue.stop();
    await made.close();
  });
  for (const part of [notificationsContract, limitsContract]) part({ kit, made: () => made });
}
