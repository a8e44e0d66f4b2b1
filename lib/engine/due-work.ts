import { taskOf } from '../queue/task-id.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import { Rounds } from '../values/rounds.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessWriter } from '../writer/process-writer.js';

const AT_ONCE = 200;

/** What work that has come due needs. */
export interface DueWorkParts {
  readonly store: ProcessStore;
  readonly queue: TaskQueue;
  readonly registry: WorkflowRegistry;
  readonly writer: ProcessWriter;
  readonly clock: Clock;
}

/** Finds waits whose time has come, and tasks that are ready. */
export class DueWork {
  private readonly looks = new Rounds(async () => {
    await this.fire();
    await this.notify();
  });
  private readonly looksForNew = new Rounds(() => this.notify(this.parts.registry.queues().filter((name) => !this.parts.queue.isFull(name))));

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
  async notify(queues = this.parts.registry.queues()): Promise<void> {
    const { store, registry, queue } = this.parts;
    const known = registry.known();
    const notified = queues.map(async (name) => queue.notify((await store.maintenance.readyTasks(known, [name], this.now(), AT_ONCE)).map(taskOf)));
    await Promise.all(notified); // queue by queue, so that the backlog of one does not hide another
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
