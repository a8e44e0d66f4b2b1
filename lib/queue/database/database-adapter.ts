import type { Adapter } from '../../values/adapter.js';
import { planQueues, type QueueList } from '../queue-settings.js';
import type { TaskQueue } from '../task-queue.js';
import { DatabaseTaskQueue } from './database-task-queue.js';

const DATABASE_TASK_QUEUE = Symbol('DATABASE_TASK_QUEUE');

/**
 * Task queues in the database of the processes, without another server. The default, with queues of any name. With `queues` there
 * are only those, and boot refuses a step that names another.
 */
export function databaseTaskQueue(options: { readonly queues?: QueueList } = {}): Adapter<TaskQueue> {
  const plans = options.queues ? planQueues(options.queues) : null;
  return { use: DATABASE_TASK_QUEUE, providers: [{ provide: DATABASE_TASK_QUEUE, useFactory: () => new DatabaseTaskQueue(plans) }] };
}
