import type { OnApplicationShutdown } from '@nestjs/common';
import { type Task, TaskQueue, type TaskWork } from '../task-queue.js';
import type { BullCounter } from './bull-counter.js';

/** Task queues in Redis. A job is the id of a task: whoever gets it asks the store what there is to do, if anything. */
export class BullTaskQueue extends TaskQueue implements OnApplicationShutdown {
  readonly queues: readonly string[];

  constructor(private readonly counters: readonly BullCounter[]) {
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

  /**
   * @nestjs/bull closes its queues in this phase too, and waits for their jobs: for ever, where Redis is gone. Bull closes once, for
   * the first who asks; a module is asked before those it imports.
   */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.counters.map((counter) => counter.close()));
  }
}
