import { Logger } from '@nestjs/common';
import { Slots } from './slots.js';
import type { StepVisit } from './step-context.js';

const LONG_MS = 10_000;
const AGAIN_MS = 60_000;

/**
 * Transactional steps take connections of the application's pool. No more of them run at once than their share, so the application
 * can always go on; the others wait in order. A wait that takes long is logged, and `explain` shows it.
 */
export class TransactionTurns {
  private readonly slots: Slots;
  /** Since when, the oldest first. */
  private readonly waiting = new Map<StepVisit, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly logger = new Logger('Workflow');

  constructor(size: number) {
    this.slots = new Slots(size);
  }

  /** Calls `work` now, or when it is the visit's turn; it calls back when it is done. */
  take(visit: StepVisit, work: () => void): void {
    if (this.slots.hasRoom) return this.slots.take(work);
    visit.waitsFor = `one of the ${this.slots.size} connections for transactional steps`;
    this.waiting.set(visit, Date.now());
    this.watch(LONG_MS);
    this.slots.take(() => {
      visit.waitsFor = undefined;
      this.waiting.delete(visit);
      work();
    });
  }

  giveBack(): void {
    this.slots.giveBack();
  }

  private watch(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const oldest = this.oldest();
      if (oldest) this.complain(...oldest);
      if (this.waiting.size > 0) this.watch(oldest ? AGAIN_MS : LONG_MS);
    }, ms).unref();
  }

  /** The one that has waited longest, if that is long. */
  private oldest(): [visit: StepVisit, since: number] | undefined {
    const [oldest] = this.waiting;
    return oldest && Date.now() - oldest[1] >= LONG_MS ? oldest : undefined;
  }

  private complain({ workflow, name, processId }: StepVisit, since: number): void {
    const seconds = Math.round((Date.now() - since) / 1000);
    this.logger.warn(
      `${this.waiting.size} transactional steps wait for one of ${this.slots.size} connections (worker.transactionalConcurrency); ` +
        `${workflow}.${name} of process ${processId} has waited ${seconds} s. Make the steps shorter, or the pool of the data source larger.`,
    );
  }
}
