import { Clock } from '../values/clock.js';

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
