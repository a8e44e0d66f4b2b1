import { type Task, TaskQueue, type TaskWork } from '../task-queue.js';

/** Runs a task at once if it is ready when announced. For tests: no limits, and no task is remembered. */
export class MemoryTaskQueue extends TaskQueue {
  private work: TaskWork | null = null;

  constructor(
    readonly queues: readonly string[] | null = null,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  override async notify(tasks: readonly Task[]): Promise<void> {
    for (const task of tasks) if (task.readyAt <= this.now()) void this.work?.run(task.id);
  }

  override async listen(_queues: readonly string[], work: TaskWork): Promise<void> {
    this.work = work;
  }

  override async stop(): Promise<void> {
    this.work = null;
  }
}
