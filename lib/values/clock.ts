import { clearTimeout, setTimeout } from './timers.js';

/** The source of the time. Replace the provider to change it. */
export abstract class Clock {
  abstract now(): Date;
}

/** Calls back later. A test's clock decides when that is. */
export abstract class Timers {
  /** Returns a function that cancels the call. */
  abstract after(ms: number, call: () => void): () => void;
}

/** setTimeout takes no more than 24.8 days, and runs at once when given more. */
const LONGEST_MS = 2 ** 31 - 1;

export class SystemTimers extends Timers {
  override after(ms: number, call: () => void): () => void {
    const timer = setTimeout(call, Math.max(0, Math.min(ms + 1, LONGEST_MS))); // setTimeout may run a fraction of a millisecond early
    timer.unref();
    return () => clearTimeout(timer);
  }
}
