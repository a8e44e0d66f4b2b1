import type { QueuePlan } from './queue-settings.js';
import type { Task, TaskWork } from './task-queue.js';
import { clearTimeout, setTimeout } from '../values/timers.js';

/** How many announced tasks a worker remembers. The store keeps the rest, and is asked once these have run. */
const MOST_REMEMBERED = 1000;

/** Runs the tasks of one queue from the store: a limited number at once, in the order of their announcements. */
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

  /** Tasks wait for others to end here. Not while the rate is used up: that is one for all instances. */
  get isFull(): boolean {
    return this.waiting.size > 0 && !this.timer;
  }

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

  /** Pauses while the rate is used up. Forgets the announced tasks: they are in the store too, which is asked after the pause. */
  private rest(ms: number): void {
    this.waiting.clear();
    if (this.timer || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.lookForMore();
    }, ms);
    this.timer.unref();
  }

  /** Asks the store for tasks of other instances, and for more than were remembered. */
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
