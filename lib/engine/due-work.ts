import { taskOf } from '../queue/task-id.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
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
  private isLooking = false;
  private isToldAgain = false;

  constructor(private readonly parts: DueWorkParts) {}

  /** Called when a due time has come. Times that come meanwhile are looked for in the next round, and not beside this one. */
  async look(): Promise<void> {
    this.isToldAgain = true;
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      while (this.isToldAgain) await this.round();
    } finally {
      this.isLooking = false;
    }
  }

  private async round(): Promise<void> {
    this.isToldAgain = false;
    await this.fire();
    await this.ring();
  }

  /** Brings waits that are due to their processes. */
  async fire(): Promise<void> {
    const { store, registry, writer } = this.parts;
    for (let found = AT_ONCE; found === AT_ONCE;) {
      const due = await store.maintenance.dueWaits(registry.known(), this.now(), AT_ONCE);
      found = due.length;
      const applied = await Promise.all(due.map(({ processId, key, run }) => writer.tryToApply(processId, { type: 'came-due', key, run })));
      if (!applied.some(Boolean)) return; // of workflows not known here, or others were faster
    }
  }

  /** Rings again for ready tasks not claimed: their ring was lost, or came too early, or the broker was down. */
  async ring(): Promise<void> {
    const { store, registry, queue } = this.parts;
    const known = registry.known();
    const rung = registry.queues().map(async (name) => queue.ring((await store.maintenance.readyTasks(known, [name], this.now(), AT_ONCE)).map(taskOf)));
    await Promise.all(rung); // queue by queue, so that the backlog of one does not hide another
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
