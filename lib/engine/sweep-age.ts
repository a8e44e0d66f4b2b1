import { monotonicNow } from '../values/timers.js';

/** How long ago the last sweep of this instance ended. On a clock that no test and no database moves. */
export class SweepAge {
  /** Null: this instance does not sweep. */
  private endedAt: number | null = null;

  /** Counts from here on until the first sweep has ended. */
  begin(): void {
    this.endedAt = monotonicNow();
  }

  /** A sweep that ends after the engine has stopped does not count. */
  sweepEnded(): void {
    if (this.endedAt !== null) this.begin();
  }

  stop(): void {
    this.endedAt = null;
  }

  /** ms. Null: this instance does not sweep, or has been stopped. */
  get ms(): number | null {
    return this.endedAt === null ? null : monotonicNow() - this.endedAt;
  }
}
