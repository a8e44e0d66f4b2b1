import type { Change } from '../core/change.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { ProcessStore } from '../store/process-store.js';
import type { PendingWork } from '../values/pending-work.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { stateOf } from '../writer/batch-loader.js';
import type { ProcessWriter } from '../writer/process-writer.js';

const AT_ONCE = 200;

/** The parts that deletion needs. */
export interface DeletionParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly writer: ProcessWriter;
  readonly activity: PendingWork;
}

/** Deletes completed processes of workflows that say `deleteOnCompletion`, with all their rows. */
export class CompletedProcesses {
  constructor(private readonly parts: DeletionParts) {}

  /** Deletes a process that has just completed. What fails here, the heartbeat tries again. */
  committed({ process }: Change): void {
    if (this.isMeant(process) && !process.parent?.awaited) this.parts.activity.during(() => this.delete([process]).catch(() => {}));
  }

  /** Deletes those that are left: their worker died, or a parent had still to read them. */
  async sweep(): Promise<void> {
    const names = new Set(this.parts.registry.all().flatMap(({ source, definition }) => (source.options.deleteOnCompletion ? definition.name : [])));
    for (const workflow of names) await this.sweepOf(workflow);
  }

  private async sweepOf(workflow: string): Promise<void> {
    let after: ProcessState | undefined;
    do {
      const found = await this.parts.store.queries.find({ workflow, statuses: ['completed'], limit: AT_ONCE, ...(after && { after }) });
      await this.delete((await Promise.all(found.filter((process) => this.isMeant(process)).map((process) => this.unneeded(process)))).flat());
      after = found.length === AT_ONCE ? found.at(-1) : undefined;
    } while (after);
  }

  private isMeant({ status, workflow, workflowVersion }: ProcessState): boolean {
    return status === 'completed' && this.parts.registry.find(workflow, workflowVersion)?.source.options.deleteOnCompletion === true;
  }

  /** A step of the parent reads the last values of its child, so the child stays as long as its parent is live. */
  private async unneeded(process: ProcessState): Promise<ProcessState[]> {
    const parent = process.parent?.awaited ? await stateOf(this.parts.store, process.parent.id) : undefined;
    return parent && !isFinished(parent.status) ? [] : [process];
  }

  private async delete(processes: readonly ProcessState[]): Promise<void> {
    if (processes.length === 0) return;
    await this.parts.store.maintenance.deleteCompleted(processes.map(({ id }) => id));
    for (const { id } of processes) this.parts.writer.forget(id);
  }
}
