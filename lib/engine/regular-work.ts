import { Logger } from '@nestjs/common';
import type { Timers } from '../values/clock.js';
import { StoreUnavailableError } from '../values/errors.js';
import { reasonOf } from '../values/reason.js';

/** Does work again and again, each time so long after the last time has ended. What fails is logged, and done again. */
export class RegularWork {
  private readonly logger = new Logger('Workflow');
  private readonly cancels: (() => void)[] = [];
  private stopped = true;

  constructor(private readonly timers: Timers) {}

  begin(): void {
    this.stopped = false;
  }

  stop(): void {
    this.stopped = true;
    for (const cancel of this.cancels.splice(0)) cancel();
  }

  every(ms: number, work: () => Promise<void>): void {
    const slot = this.cancels.push(() => {}) - 1;
    const again = () => {
      if (!this.stopped) this.cancels[slot] = this.timers.after(ms, () => this.guarded(work, again));
    };
    again();
  }

  guarded(work: () => Promise<void>, then?: () => void): void {
    if (this.stopped) return;
    work()
      .catch((error: unknown) => this.complain(error))
      .finally(then);
  }

  /** The store itself logs once that it cannot be reached, so that error is not logged here. */
  complain(error: unknown): void {
    if (!(error instanceof StoreUnavailableError)) this.logger.warn(`Sweep failed, and will be tried again: ${reasonOf(error)}`);
  }
}
