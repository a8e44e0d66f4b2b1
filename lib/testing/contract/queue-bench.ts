import type { QueueSettings } from '../../queue/queue-settings.js';
import type { TaskQueue } from '../../queue/task-queue.js';
import type { TestKit } from '../kit.js';
import type { WorkOnPaper } from './work-on-paper.js';

/** The queues that the suite needs. An implementation that accepts any name has them, with the default settings. */
export type ContractQueues = { readonly [name in 'plain' | 'narrow' | 'rated']: QueueSettings };

export interface TaskQueueUnderTest {
  readonly queue: TaskQueue;
  /** True: the queue runs all tasks at once, whatever the settings say, and is for tests only. */
  readonly unlimited?: boolean;
  close(): Promise<void>;
}

export interface QueueBench {
  readonly kit: TestKit;
  /** The queue under test, and the work that it has been given, or will be. */
  readonly made: () => TaskQueueUnderTest & { readonly work: WorkOnPaper };
}

export const CONTRACT_QUEUES = {
  plain: {},
  narrow: { concurrency: 2 },
  rated: { concurrency: 4, rate: { max: 2, per: 300 } },
} as const satisfies ContractQueues;
