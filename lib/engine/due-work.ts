import { taskOf } from '../queue/task-id.js';
import type { Task, TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock, Timers } from '../values/clock.js';
import { Rounds } from '../values/rounds.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessWriter } from '../writer/process-writer.js';

const AT_ONCE = 200;
/** By how much the clocks of two instances may differ. Each follows that of the store, and may be behind it, but never ahead. */
const CLOCKS_APART_MS = 50;

/** What work that has come due needs. */
export interface DueWorkParts {
  readonly store: ProcessStore;
  readonly queue: TaskQueue;
  readonly registry: WorkflowRegistry;
  readonly writer: ProcessWriter;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Finds waits whose time has come, and tasks that are ready. */
export class DueWork {
  private readonly looks = new Rounds(async () => {
    await this.fire();
    await this.notify();
  });
  private readonly looksForNew = new Rounds(() => this.notifyNew());

  constructor(private readonly parts: DueWorkParts) {}

  /** Called when a due time has come. */
  look(): Promise<void> {
    return this.looks.run();
  }

  /** Called when another instance announces tasks. A queue that is full here looks for more by itself when it has room. */
  takeNew(): Promise<void> {
    return this.looksForNew.run();
  }

  /** Brings waits that are due to their processes. */
  async fire(): Promise<void> {
    const { store, registry, writer } = this.parts;
    for (let found = AT_ONCE; found === AT_ONCE;) {
      const due = await store.maintenance.dueWaits(registry.known(), this.now(), AT_ONCE);
      found = due.length;
      const unreadable = registry.unreadable.count;
      const applied = await Promise.all(due.map(({ processId, key, run }) => writer.tryToApply(processId, { type: 'came-due', key, run })));
      if (!applied.some(Boolean) && registry.unreadable.count === unreadable) return; // others were faster
    }
  }

  /** Notifies again of ready tasks not claimed: their notification was lost, or came too early, or the broker was down. */
  async notify(): Promise<void> {
    const { registry, queue } = this.parts;
    await Promise.all(registry.queues().map(async (name) => queue.notify(await this.readyIn(name)))); // queue by queue, so that the backlog of one does not hide another
  }

  /** The instance that announced the tasks may be a moment ahead. What is ready by its clock is waited for, since it is announced once. */
  private async notifyNew(): Promise<void> {
    const { registry, queue } = this.parts;
    const names = registry.queues().filter((name) => !queue.isFull(name));
    const found = (await Promise.all(names.map((name) => this.readyIn(name, CLOCKS_APART_MS)))).flat();
    const now = this.now();
    const [ready, soon] = [found.filter(({ readyAt }) => readyAt <= now), found.filter(({ readyAt }) => readyAt > now)];
    await queue.notify(ready);
    if (soon.length > 0) this.parts.timers.after(Math.max(...soon.map(({ readyAt }) => readyAt - now)), () => void queue.notify(soon));
  }

  private async readyIn(queue: string, aheadMs = 0): Promise<readonly Task[]> {
    const { store, registry } = this.parts;
    return (await store.maintenance.readyTasks(registry.known(), [queue], this.now() + aheadMs, AT_ONCE)).map(taskOf);
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
