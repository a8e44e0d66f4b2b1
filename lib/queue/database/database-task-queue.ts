import { QueueWorker } from '../queue-worker.js';
import { planQueue, type QueuePlan } from '../queue-settings.js';
import { type Task, TaskQueue, type TaskWork } from '../task-queue.js';

/**
 * Task queues in the database of the processes: the rows are the queue, and this is only whoever works it off. A ring is a
 * task of our own that is ready; a queue that runs dry asks the store for tasks of others.
 */
export class DatabaseTaskQueue extends TaskQueue {
  readonly queues: readonly string[] | null;
  private readonly counters = new Map<string, QueueWorker>();

  /** `plans` null: a queue of any name, with the default settings. */
  constructor(private readonly plans: readonly QueuePlan[] | null) {
    super();
    this.queues = plans?.map(({ name }) => name) ?? null;
  }

  override async ring(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) this.counters.get(task.queue)?.add(task);
  }

  override async listen(queues: readonly string[], work: TaskWork): Promise<void> {
    for (const plan of this.plans ?? queues.map((name) => planQueue(name, {}))) {
      const counter = new QueueWorker(plan, work);
      this.counters.set(plan.name, counter);
      counter.lookForMore();
    }
  }

  override async stop(): Promise<void> {
    for (const counter of this.counters.values()) counter.close();
    this.counters.clear();
  }
}
