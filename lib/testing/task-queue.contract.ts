import type { QueueSettings } from '../queue/queue-settings.js';
import type { TaskQueue } from '../queue/task-queue.js';
import { limitsContract } from './contract/queue-limits.js';
import { ringsContract } from './contract/queue-rings.js';
import { WorkOnPaper } from './contract/work-on-paper.js';
import { kitOf, type TestKit } from './kit.js';

/** The queues the suite needs. A queue for any name has them, with the default settings. */
export type ContractQueues = { readonly [name in 'plain' | 'narrow' | 'rated']: QueueSettings };

export interface TaskQueueUnderTest {
  readonly queue: TaskQueue;
  /** True: it runs all at once, whatever the settings say, and is for tests only. */
  readonly unlimited?: boolean;
  close(): Promise<void>;
}

export interface QueueBench {
  readonly kit: TestKit;
  /** What is under test, and the work it has been given, or will be. */
  readonly made: () => TaskQueueUnderTest & { readonly work: WorkOnPaper };
}

export const CONTRACT_QUEUES = {
  plain: {},
  narrow: { concurrency: 2 },
  rated: { concurrency: 4, rate: { max: 2, per: 300 } },
} as const satisfies ContractQueues;

/**
 * What every task queue has to do, as a test suite. `create` hands out a new one with the queues it is given, which does not
 * listen yet. The suite stands in for the engine: it says what is ready, and rings again what was not taken.
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
  for (const part of [ringsContract, limitsContract]) part({ kit, made: () => made });
}
