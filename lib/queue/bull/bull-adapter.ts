import { BullModule, type BullModuleOptions, getQueueToken } from '@nestjs/bull';
import type { Queue } from 'bull';
import type { Adapter } from '../../values/adapter.js';
import { planQueues, type QueueList, type QueuePlan } from '../queue-settings.js';
import type { TaskQueue } from '../task-queue.js';
import { BullQueueWorker } from './bull-queue-worker.js';
import { BullTaskQueue } from './bull-task-queue.js';

const BULL_TASK_QUEUE = Symbol('BULL_TASK_QUEUE');

export interface BullTaskQueueOptions {
  /** Boot refuses a step that names another. */
  readonly queues: QueueList;
  /** The connection of `BullModule.forRoot(configKey, ...)`. Default: that of the one without a key. */
  readonly configKey?: string;
  /**
   * What the names of the queues in Redis begin with, so that they are nobody else's. Applications that share a Redis and not a
   * database need different ones: they would take, and drop, each other's tasks. Default `'argonaut.'`.
   */
  readonly prefix?: string;
}

/**
 * Task queues in Redis, by Bull, over the connection of the application's `BullModule.forRoot()`. Redis only says that there is
 * something to do: tasks live in the database, so nothing is lost with it, and a task it forgets runs a sweep later.
 *
 * @example
 * imports: [BullModule.forRoot({ redis }), WorkflowModule.forRoot({ taskQueue: bullTaskQueue({ queues: { letters: { concurrency: 2 } } }) })]
 */
export function bullTaskQueue({ queues, configKey, prefix = 'argonaut.' }: BullTaskQueueOptions): Adapter<TaskQueue> {
  const plans = planQueues(queues);
  const makeQueue = (...bulls: Queue[]) => new BullTaskQueue(plans.map((plan, i) => new BullQueueWorker(plan, bulls[i]!)));
  return {
    use: BULL_TASK_QUEUE,
    imports: [BullModule.registerQueue(...plans.map((plan) => registration(plan, prefix, configKey)))],
    providers: [{ provide: BULL_TASK_QUEUE, useFactory: makeQueue, inject: plans.map(({ name }) => getQueueToken(prefix + name)) }],
  };
}

/**
 * A job whose worker died before it could take the task is handed out again after this, and not after Bull's own minute or more:
 * until then Bull ignores every new ring for it. Handed out once too often it hurts nobody.
 */
const SETTINGS = { lockDuration: 5000, stalledInterval: 2500, maxStalledCount: 1000, retryProcessDelay: 500 }; // the last: a rest after each error, 5 s

/**
 * What the application says of all its queues must not change ours: a time-out of its jobs would free a place while the body
 * still runs, and a limiter with groups would change the ids.
 */
function registration({ name, rate }: QueuePlan, prefix: string, configKey: string | undefined): BullModuleOptions {
  const limiter = rate && { max: rate.max, duration: rate.perMs };
  return { name: prefix + name, defaultJobOptions: {}, limiter, settings: SETTINGS, ...(configKey !== undefined && { configKey }) };
}
