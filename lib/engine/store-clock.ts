import { Clock } from '../values/clock.js';

/** How many measurements are remembered. A store clock that was set back is followed after that many. */
const MOST_MEASURED = 16;

/**
 * The time of the store, so that all instances agree even if their own clocks are wrong. Adds an offset, which each heartbeat measures,
 * to the monotonic clock of this Node process. After the first beat it never runs backwards. Late rather than early, so no timer fires
 * before its time.
 */
export class StoreClock extends Clock {
  private offsetMs = Date.now() - performance.now();
  private measured: number[] = [];
  private latest = 0;

  override now(): Date {
    this.latest = Math.max(this.latest, Math.floor(performance.now() + this.offsetMs));
    return new Date(this.latest);
  }

  /**
   * `storeTime` was read before `answered`, which is on the clock of `performance.now()`, so it is a lower bound of the store's time then.
   * The highest of several bounds counts, which comes from the shortest round trip, so a delayed beat changes nothing.
   */
  adjust(storeTime: number, answered: number): void {
    if (this.measured.length === 0) this.latest = 0; // until now this was the machine's own clock
    this.measured = [...this.measured.slice(1 - MOST_MEASURED), storeTime - answered];
    this.offsetMs = Math.max(...this.measured);
  }
}
