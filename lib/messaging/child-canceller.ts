import { tellsOfChild } from '../core/addresses.js';
import type { Change } from '../core/change.js';
import { isFinished, type Parent, undoesAll } from '../core/process.js';
import { stepsOf, type WorkflowDefinition } from '../definition/graph.js';
import type { ProcessStore } from '../store/process-store.js';
import type { PendingWork } from '../values/pending-work.js';
import type { ProcessCommands } from '../writer/process-commands.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { Standing } from '../writer/process-cache.js';

const AT_ONCE = 200;

/** It ends by itself when what it did is undone; cut off, part of that would stay. */
class BeingUndone extends Error {}

/** Cancels the children that nobody needs any more: their parent was cancelled, or has moved on. */
export class ChildCanceller {
  private readonly asking = new WeakMap<WorkflowDefinition, boolean>();

  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    private readonly hands: ProcessCommands,
    activity: PendingWork,
  ) {
    hands.writer.afterCommit((change) => {
      if (this.mayBeLeft(change)) activity.during(() => this.cancelOf(change.process.id).catch(() => {})); // the heartbeat looks again
    });
  }

  /** Of this process; of any: null. */
  async cancelOf(parentId: string | null): Promise<void> {
    for (let found = AT_ONCE; found === AT_ONCE;) {
      const orphans = await this.store.orphans(parentId, AT_ONCE);
      found = orphans.length;
      const cancelled = await Promise.all(orphans.map((id) => this.cancel(id)));
      if (!cancelled.some(Boolean)) return; // they are being undone, or somebody else was faster
    }
  }

  private async cancel(id: string): Promise<boolean> {
    const told = (parent: Parent | null) => ({
      type: 'cancelled' as const,
      reason: `process ${parent?.id}, which started it, was cancelled or does not wait for it any more`,
    });
    const tell = ({ process }: Standing) => {
      if (process.tokens.some(undoesAll)) throw new BeingUndone();
      return told(process.parent);
    };
    const applied = await this.hands.tell(id, { tell, waits: [], messages: [], unbound: true }, {}).catch(() => null);
    return applied?.change != null;
  }

  /** Only where a wait has gone in another way than by the end of the child it is for. */
  private mayBeLeft({ process, waits, messages }: Change): boolean {
    if (!this.asksForChildren(process.workflow, process.workflowVersion)) return false;
    const ended = messages.filter(({ address, processId }) => tellsOfChild(address) && processId === process.id).length;
    return isFinished(process.status) || waits.clear || waits.kill.length > 0 || waits.delete.length > ended;
  }

  private asksForChildren(workflow: string, version: number): boolean {
    const definition = this.registry.find(workflow, version)?.definition;
    if (!definition) return false;
    const known = this.asking.get(definition) ?? stepsOf(definition).some(({ gate }) => gate.for === 'child');
    this.asking.set(definition, known);
    return known;
  }
}
