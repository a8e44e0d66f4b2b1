import type { Rate, TaskAt } from '../store/port.js';
import type { ExecutionParts } from './execution-parts.js';
import { setImmediate } from '../values/timers.js';

interface PendingClaim {
  readonly at: TaskAt;
  readonly resolve: (taken: TaskAt | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers claims, as commits and loads are gathered: tasks of one queue wanted in one turn of the event loop are claimed together. */
export class TaskClaims {
  private readonly asking = new Map<string, { readonly rate: Rate | undefined; readonly all: PendingClaim[] }>();

  constructor(private readonly parts: Pick<ExecutionParts, 'store' | 'registry' | 'worker' | 'clock'>) {}

  /** The task with its new claim. Null: the task could not be claimed. */
  take(at: TaskAt, rate: Rate | undefined): Promise<TaskAt | null> {
    return new Promise((resolve, reject) => {
      const gathered = this.asking.get(at.queue);
      if (gathered) return void gathered.all.push({ at, resolve, reject });
      this.asking.set(at.queue, { rate, all: [{ at, resolve, reject }] });
      setImmediate(() => void this.flush(at.queue));
    });
  }

  private async flush(queue: string): Promise<void> {
    const { rate, all } = this.asking.get(queue)!;
    this.asking.delete(queue);
    try {
      const taken = await this.claim(all.map(({ at }) => at), rate); // prettier-ignore
      for (const { at, resolve } of all) resolve(taken.find((each) => each.processId === at.processId && each.key === at.key) ?? null);
    } catch (error) {
      for (const { reject } of all) reject(error);
    }
  }

  private claim(tasks: readonly TaskAt[], rate: Rate | undefined): Promise<readonly TaskAt[]> {
    const { store, registry, worker, clock } = this.parts;
    return store.commits.claimTasks(tasks, { worker, now: clock.now().getTime(), workflows: registry.known(), ...(rate && { rate }) });
  }
}
