import { type Task, TaskQueue, type TaskWork } from '../task-queue.js';
import type { BullQueueWorker } from './bull-queue-worker.js';

/** Task queues in Redis. A job is the id of a task: whoever gets it asks the store what there is to do, if anything. */
export class BullTaskQueue extends TaskQueue {
  readonly queues: readonly string[];

  constructor(private readonly counters: readonly BullQueueWorker[]) {
    super();
    this.queues = counters.map(({ name }) => name);
  }

  override async ring(tasks: readonly Task[]): Promise<void> {
    await Promise.all(this.counters.map((counter) => counter.ring(tasks.filter(({ queue }) => queue === counter.name))));
  }

  override async listen(_queues: readonly string[], work: TaskWork): Promise<void> {
    for (const counter of this.counters) counter.listen(work);
  }

  override async stop(): Promise<void> {
    await Promise.all(this.counters.map((counter) => counter.stop()));
  }
}
