import { Logger } from '@nestjs/common';
import type { ProcessRunner } from '../execution/process-runner.js';
import { taskPlace, type TaskRunner } from '../execution/task-runner.js';
import type { SilentWorker } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import { howMany } from '../values/how-many.js';

const MOST_HELD = 10_000;
/** How much is taken over at once. */
const PORTION = 500;

/** The parts that recovery needs. */
export interface RecoveryParts {
  readonly worker: string;
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly writer: ProcessWriter;
  readonly runner: ProcessRunner;
  readonly tasks: TaskRunner;
}

/** Takes over from workers that are gone, and corrects rows that name this worker wrongly. */
export class WorkerRecovery {
  private readonly logger = new Logger('Workflow');

  constructor(private readonly parts: RecoveryParts) {}

  /** Takes over what workers that are gone have left. */
  async recover(silentSince: number): Promise<void> {
    const silent = await this.parts.store.maintenance.silentWorkers(silentSince);
    for (const worker of silent) if (worker.id !== this.parts.worker) while (await this.takeOver(worker));
  }

  /** Takes over a portion of what the worker held. True: there may be more. */
  private async takeOver({ id: worker, retired }: SilentWorker): Promise<boolean> {
    const { store: { maintenance }, registry: { unreadable }, writer } = this.parts; // prettier-ignore
    const { processes, tasks } = await maintenance.heldBy(worker, PORTION, unreadable.ids());
    const unreadableBefore = unreadable.count;
    if (processes.length === 0 && tasks.length === 0) await maintenance.forgetWorker(worker);
    else this.logger.warn(`Worker ${worker} is gone: taking over ${howMany(processes.length, 'process', 'processes')} and ${howMany(tasks.length, 'task')}.`);
    const graceful = retired && { graceful: true };
    const applied = await Promise.all([
      ...processes.map(({ id }) => writer.tryToApply(id, { type: 'worker-lost', worker, ...graceful })),
      ...tasks.map(({ processId, key, run }) => writer.tryToApply(processId, { type: 'task-lost', key, run, worker, ...graceful })),
    ]);
    return applied.some(Boolean) || unreadable.count > unreadableBefore;
  }

  /**
   * Compares the rows that name this worker with what it believes to hold: others may have changed, cancelled or taken a process
   * meanwhile, or the reply to a claim was lost.
   */
  async lookAtMine(): Promise<void> {
    const { worker, store, writer, runner, tasks } = this.parts;
    const runningBefore = tasks.places();
    const held = await store.maintenance.heldBy(worker, MOST_HELD);
    const revisions = new Map(held.processes.map(({ id, revision }) => [id, revision]));
    const believed = [...writer.heldBy(worker)].map(({ process }) => process.id);
    const changed = [...new Set([...revisions.keys(), ...believed])].filter((id) => writer.known(id)?.process.revision !== revisions.get(id));
    await Promise.all(changed.map((id) => runner.look(id)));
    const forgotten = held.tasks.filter((task) => !runningBefore.has(taskPlace(task)) && !tasks.isRunning(task));
    await Promise.all(forgotten.map(({ processId, key, run }) => writer.tryToApply(processId, { type: 'task-lost', key, run, worker, graceful: true })));
  }
}
