import type { QueuePlan } from './queue-settings.js';
import type { Task, TaskWork } from './task-queue.js';

/** Tasks it has heard of and not begun, beyond which it asks the store instead: memory is not where a backlog belongs. */
const MOST_REMEMBERED = 1000;

/** Works off one queue out of the store: so many at once, oldest ring first. */
export class QueueWorker {
  private readonly waiting = new Map<string, Task>();
  private running = 0;
  private looking = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly plan: QueuePlan,
    private readonly work: TaskWork,
  ) {}

  add(task: Task): void {
    if (this.waiting.size < MOST_REMEMBERED) this.waiting.set(task.id, task);
    this.goOn();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.waiting.clear();
  }

  private goOn(): void {
    for (const [id] of this.waiting) {
      if (this.closed || this.timer || this.running >= this.plan.concurrency) return;
      this.waiting.delete(id);
      void this.run(id);
    }
  }

  private async run(id: string): Promise<void> {
    this.running++;
    const ran = await this.work.run(id, this.plan.rate);
    this.running--;
    if (ran.what === 'limited') return this.rest(ran.retryMs);
    this.goOn();
    if (this.waiting.size === 0 && ran.what === 'ran') this.lookForMore();
  }

  /** The rate is used up: what was rung is in the store as well, so it is forgotten here and asked for then. */
  private rest(ms: number): void {
    this.waiting.clear();
    if (this.timer || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.lookForMore();
    }, ms);
    this.timer.unref();
  }

  /** Dry: perhaps there are tasks of others, or more than were remembered. */
  lookForMore(): void {
    if (this.looking || this.closed || this.timer) return;
    this.looking = true;
    void this.work
      .ready([this.plan.name], this.plan.concurrency * 2)
      .catch(() => [])
      .then((tasks) => {
        this.looking = false;
        for (const task of tasks) this.add(task);
      });
  }
}
