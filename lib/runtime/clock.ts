/** Where the time comes from. Replace the provider to change it. */
export abstract class Clock {
  abstract now(): Date;
}

/**
 * The time of the store, so that all instances agree however wrong their own clocks are: the system's, corrected by an offset
 * that each heartbeat measures.
 */
export class StoreClock extends Clock {
  private offsetMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  /** `storeTime` was read somewhere between the two moments of ours. */
  adjust(storeTime: number, asked: number, answered: number): void {
    this.offsetMs = Math.round(storeTime - (asked + answered) / 2);
  }
}

/** Calls back later. A test's clock decides when that is. */
export abstract class Timers {
  /** Returns what cancels it. */
  abstract after(ms: number, call: () => void): () => void;
}

/** setTimeout takes no more than 24.8 days, and runs at once when given more. */
const LONGEST_MS = 2 ** 31 - 1;

export class SystemTimers extends Timers {
  override after(ms: number, call: () => void): () => void {
    const timer = setTimeout(call, Math.max(0, Math.min(ms, LONGEST_MS)));
    timer.unref();
    return () => clearTimeout(timer);
  }
}
