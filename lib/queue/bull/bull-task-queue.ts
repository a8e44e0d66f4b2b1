import type { RedisAnnouncer } from './redis-announcer.js';
import { type Task, TaskQueue, type TaskWork } from '../task-queue.js';
import type { BullQueueWorker } from './bull-queue-worker.js';

/** Task queues in Redis. A job is the id of a task: the worker that gets it asks the store whether there is anything to do. */
export class BullTaskQueue extends TaskQueue {
  readonly queues: readonly string[];

  constructor(
    private readonly workers: readonly BullQueueWorker[],
    override readonly announcer: RedisAnnouncer | null,
  ) {
    super();
    this.queues = workers.map(({ name }) => name);
  }

  override async notify(tasks: readonly Task[]): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.notify(tasks.filter(({ queue }) => queue === worker.name))));
  }

  override async listen(_queues: readonly string[], work: TaskWork): Promise<void> {
    for (const worker of this.workers) worker.listen(work);
  }

  /** All queues have one connection. */
  override async ping(): Promise<void> {
    await this.workers[0]?.ping();
  }

  override async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}
