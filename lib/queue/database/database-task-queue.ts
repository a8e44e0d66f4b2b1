import { QueueWorker } from '../queue-worker.js';
import { planQueue, type QueuePlan } from '../queue-settings.js';
import { type Task, TaskQueue, type TaskWork } from '../task-queue.js';

/**
 * Task queues in the database of the processes. The rows are the queue; this class only runs their tasks. Announcements bring
 * tasks of this instance. A queue that has run out of them asks the store for tasks of others.
 */
export class DatabaseTaskQueue extends TaskQueue {
  readonly queues: readonly string[] | null;
  private readonly workers = new Map<string, QueueWorker>();

  /** `plans` null: queues of any name, with the default settings. */
  constructor(private readonly plans: readonly QueuePlan[] | null) {
    super();
    this.queues = plans?.map(({ name }) => name) ?? null;
  }

  override async notify(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) this.workers.get(task.queue)?.add(task);
  }

  override async listen(queues: readonly string[], work: TaskWork): Promise<void> {
    for (const plan of this.plans ?? queues.map((name) => planQueue(name, {}))) {
      const worker = new QueueWorker(plan, work);
      this.workers.set(plan.name, worker);
      worker.lookForMore();
    }
  }

  override isFull(queue: string): boolean {
    return this.workers.get(queue)?.isFull ?? false;
  }

  override async stop(): Promise<void> {
    for (const worker of this.workers.values()) worker.close();
    this.workers.clear();
  }
}
