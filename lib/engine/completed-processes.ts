import type { Change } from '../core/change.js';
import { isFinished } from '../core/process.js';
import type { ListedProcess } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { PendingWork } from '../values/pending-work.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import type { ProcessWriter } from '../writer/process-writer.js';

const AT_ONCE = 200;

/** The parts that deletion needs. */
export interface DeletionParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  /** Loads of many parents are one call of the store. */
  readonly loader: BatchLoader;
  readonly writer: ProcessWriter;
  readonly activity: PendingWork;
}

/** Deletes completed processes of workflows that say `deleteOnCompletion`, with all their rows. */
export class CompletedProcesses {
  /** By workflow, the process after which the next sweep goes on. None: it begins anew. */
  private readonly places = new Map<string, ListedProcess>();

  /** Processes whose deletion failed here. */
  private readonly left = new Set<string>();

  constructor(private readonly parts: DeletionParts) {}

  /** Deletes a process that has just completed. What fails here, the heartbeat tries again. */
  committed({ process }: Change): void {
    if (this.isMeant(process) && !process.parent?.awaited)
      this.parts.activity.during(() => this.delete([process.id]).catch(() => void this.left.add(process.id)));
  }

  /** Deletes those that are left: it failed before, their worker died, or a parent had still to read them. */
  async sweep(): Promise<void> {
    await this.delete([...this.left]).catch(() => {}); // they stay here for the next time
    const names = new Set(this.parts.registry.all().flatMap(({ source, definition }) => (source.options.deleteOnCompletion ? definition.name : [])));
    for (const workflow of names) await this.sweepOf(workflow);
  }

  /** Looks at one page, and goes on from there the next time: a sweep costs the same however many processes are kept. */
  private async sweepOf(workflow: string): Promise<void> {
    const found = await this.parts.store.maintenance.processesOf(workflow, AT_ONCE, this.places.get(workflow));
    await this.delete((await Promise.all(found.filter((process) => this.isMeant(process)).map((process) => this.unneeded(process)))).flat());
    if (found.length === AT_ONCE) this.places.set(workflow, found.at(-1)!);
    else this.places.delete(workflow);
  }

  private isMeant({ status, workflow, workflowVersion }: ListedProcess): boolean {
    return status === 'completed' && this.parts.registry.find(workflow, workflowVersion)?.source.options.deleteOnCompletion === true;
  }

  /** A step of the parent reads the last values of its child, so the child stays as long as its parent is live. */
  private async unneeded({ id, parent }: ListedProcess): Promise<string[]> {
    const awaiting = parent?.awaited ? await this.parts.loader.load({ id: parent.id, waits: [], messages: [], context: false }) : null;
    return awaiting && !isFinished(awaiting.process.status) ? [] : [id];
  }

  private async delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.parts.store.maintenance.deleteCompleted(ids);
    for (const id of ids) {
      this.left.delete(id);
      this.parts.writer.forget(id);
    }
  }
}
