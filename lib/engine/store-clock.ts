import { Clock } from '../values/clock.js';

/** So many measurements are remembered: a clock of the store that was set back is followed after that. */
const MOST_MEASURED = 16;

/**
 * The time of the store, so that all instances agree however wrong their own clocks are: the monotonic clock of this process and an
 * offset that each heartbeat measures. It never runs backwards, and is rather late than early: so no timer fires before its time.
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
   * `storeTime` was read before `answered`, on the clock of `performance.now()`. So the time of the store is at least that; of several
   * such bounds the highest counts, which is that of the shortest round trip: a beat that was held up moves nothing.
   */
  adjust(storeTime: number, answered: number): void {
    if (this.measured.length === 0) this.latest = 0; // until now it was the clock of this machine
    this.measured = [...this.measured.slice(1 - MOST_MEASURED), storeTime - answered];
    this.offsetMs = Math.max(...this.measured);
  }
}
