import type { Adapter } from '../../values/adapter.js';
import type { TaskQueue } from '../task-queue.js';
import { MemoryTaskQueue } from './memory-task-queue.js';

const MEMORY_TASK_QUEUE = Symbol('MEMORY_TASK_QUEUE');

/** Task queues in memory, for tests: without limits. With `queues`, boot refuses a step that names another. */
export function memoryTaskQueue(options: { readonly queues?: readonly string[] } = {}): Adapter<TaskQueue> {
  return { use: MEMORY_TASK_QUEUE, providers: [{ provide: MEMORY_TASK_QUEUE, useFactory: () => new MemoryTaskQueue(options.queues ?? null) }] };
}
