import { tellsOfChild } from '../core/addresses.js';
import type { Change } from '../core/change.js';
import { isFinished } from '../core/process.js';
import { stepsOf, type WorkflowDefinition } from '../definition/graph.js';
import type { MessagingParts } from './messaging-parts.js';

const AT_ONCE = 200;

/** Cancels children that are not needed any more: their parent was cancelled, or has moved on. */
export class ChildCanceller {
  private readonly asking = new WeakMap<WorkflowDefinition, boolean>();

  constructor(private readonly parts: MessagingParts) {}

  /** Cancels children that a change left behind. The heartbeat tries again what fails here. */
  committed(change: Change): void {
    if (this.mayBeLeft(change)) this.parts.activity.during(() => this.cancelOf(change.process.id).catch(() => {}));
  }

  /** Cancels such children of this process. Null: of any process. */
  async cancelOf(parentId: string | null): Promise<void> {
    for (let found = AT_ONCE; found === AT_ONCE;) {
      const orphans = await this.parts.store.maintenance.orphans(parentId, AT_ONCE);
      found = orphans.length;
      const cancelled = await Promise.all(orphans.map((id) => this.cancel(id)));
      if (!cancelled.some(Boolean)) return; // they are being undone, or another instance was faster
    }
  }

  private async cancel(id: string): Promise<boolean> {
    const applied = await this.parts.commands.apply(id, { type: 'orphaned' }).catch(() => null);
    return applied?.change != null;
  }

  /** True if the process has finished, or a wait has gone without the end of its child. */
  private mayBeLeft({ process, waits, messages }: Change): boolean {
    if (!this.asksForChildren(process.workflow, process.workflowVersion)) return false;
    const ended = messages.filter(({ address, processId }) => tellsOfChild(address) && processId === process.id).length;
    return isFinished(process.status) || waits.clear || waits.kill.length > 0 || waits.delete.length > ended;
  }

  private asksForChildren(workflow: string, version: number): boolean {
    const definition = this.parts.registry.find(workflow, version)?.definition;
    if (!definition) return false;
    const known = this.asking.get(definition) ?? stepsOf(definition).some(({ gate }) => gate.for === 'child');
    this.asking.set(definition, known);
    return known;
  }
}
