import { BullModule, type BullModuleOptions, getQueueToken } from '@nestjs/bull';
import type { Queue } from 'bull';
import type { Adapter } from '../../values/adapter.js';
import { planQueues, type QueueList, type QueuePlan } from '../queue-settings.js';
import type { TaskQueue } from '../task-queue.js';
import { applicationName } from './application-name.js';
import { BullQueueWorker } from './bull-queue-worker.js';
import { RedisAnnouncer } from './redis-announcer.js';
import { BullTaskQueue } from './bull-task-queue.js';

const BULL_TASK_QUEUE = Symbol('BULL_TASK_QUEUE');

export interface BullTaskQueueOptions {
  /** The queues. Boot refuses a step that names another. */
  readonly queues: QueueList;
  /** The connection of `BullModule.forRoot(configKey, ...)`. Default: that of the one without a key. */
  readonly configKey?: string;
  /**
   * The prefix of the queue names in Redis. Instances that share a database need the same one, and applications that share a Redis but no database
   * different ones. Default: `'argonaut.<name>.'`, with the name in the `package.json` of the application; without a name `'argonaut.'`.
   */
  readonly prefix?: string;
}

/**
 * Task queues in Redis, by Bull, over the connection of the application's `BullModule.forRoot()`. Redis only announces
 * tasks. They live in the database, so nothing is lost with Redis, and a task that Redis forgets runs one sweep later.
 *
 * @example
 * imports: [BullModule.forRoot({ redis }), WorkflowModule.forRoot({ taskQueue: bullTaskQueue({ queues: { invoices: { concurrency: 2 } } }) })]
 */
export function bullTaskQueue({ queues, configKey, prefix = defaultPrefix() }: BullTaskQueueOptions): Adapter<TaskQueue> {
  const plans = planQueues(queues);
  const makeQueue = (...bulls: Queue[]) =>
    new BullTaskQueue(
      plans.map((plan, i) => new BullQueueWorker(plan, bulls[i]!)),
      bulls[0] ? new RedisAnnouncer(bulls[0]) : null,
    );
  return {
    use: BULL_TASK_QUEUE,
    imports: [BullModule.registerQueue(...plans.map((plan) => registration(plan, prefix, configKey)))],
    providers: [{ provide: BULL_TASK_QUEUE, useFactory: makeQueue, inject: plans.map(({ name }) => getQueueToken(prefix + name)) }],
  };
}

function defaultPrefix(): string {
  const name = applicationName();
  return name === null ? 'argonaut.' : `argonaut.${name}.`;
}

/**
 * Bull hands out a job again after this time if its worker died before it could claim the task. Bull's own default is a minute or
 * more, in which it ignores every new announcement of the task. A job that is handed out once too often does no harm.
 */
const SETTINGS = { lockDuration: 5000, stalledInterval: 2500, maxStalledCount: 1000, retryProcessDelay: 500 }; // the last: a pause after each error

/**
 * The application's settings for all its queues must not change ours: a time-out for jobs would free a place while the body still
 * runs, and a limiter with groups would change the ids.
 */
function registration({ name, rate }: QueuePlan, prefix: string, configKey: string | undefined): BullModuleOptions {
  const limiter = rate && { max: rate.max, duration: rate.perMs };
  return { name: prefix + name, defaultJobOptions: {}, limiter, settings: SETTINGS, ...(configKey !== undefined && { configKey }) };
}
