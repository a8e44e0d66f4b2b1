import type { ProcessStore } from '../store/process-store.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ClaimLimit } from '../writer/claim-limit.js';
import type { ProcessWriter } from '../writer/process-writer.js';

const MOST_AT_ONCE = 1000;

/** The parts needed to claim free processes. */
export interface FreeProcessParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly writer: ProcessWriter;
  readonly limit: ClaimLimit;
}

/** Claims free processes, as many as there is room for. */
export class FreeProcesses {
  private isTaking = false;
  /** Another instance has announced more meanwhile. */
  private isToldOfMore = false;

  constructor(private readonly parts: FreeProcessParts) {}

  /** Called when another instance announces new processes. */
  takeNew(): Promise<void> {
    this.isToldOfMore = true;
    return this.take();
  }

  async take(): Promise<void> {
    if (this.isTaking) return;
    this.isTaking = true;
    try {
      while (this.parts.limit.room > 0 && (await this.takeSome(Math.min(this.parts.limit.room, MOST_AT_ONCE))));
    } finally {
      this.isTaking = false;
    }
  }

  /** True: there may be more. */
  private async takeSome(most: number): Promise<boolean> {
    this.isToldOfMore = false;
    const { store, registry, writer, limit } = this.parts;
    const free = await store.maintenance.freeProcesses(registry.known(), most);
    limit.backlogIs(free.length === most);
    const unreadable = registry.unreadable.count;
    const applied = await Promise.all(free.map((id) => writer.tryToApply(id, { type: 'claimed' })));
    const goesOn = applied.some(Boolean) || registry.unreadable.count > unreadable; // else others were faster
    return this.isToldOfMore || (free.length === most && goesOn);
  }
}
