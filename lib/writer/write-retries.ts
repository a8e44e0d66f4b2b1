import { setTimeout as pause } from 'node:timers/promises';

/** After so many failures in a row, only `patient` events are tried again. */
const MOST_FAILURES = 6;
const LONGEST_PAUSE_MS = 5000;
/** After more lost races in a row than this, the next try waits a little. */
const LOSSES_AT_ONCE = 2;
const LONGEST_LOSS_PAUSE_MS = 100;

/** Counts how often in a row the writes of a process lost their race or got no answer, and pauses after that. */
export class WriteRetries {
  private losses = 0;
  private failures = 0;

  reset(): void {
    this.losses = this.failures = 0;
  }

  answered(): void {
    this.failures = 0;
  }

  get isSpent(): boolean {
    return this.failures >= MOST_FAILURES;
  }

  lost(): Promise<void> | void {
    if (++this.losses > LOSSES_AT_ONCE) return pause(Math.random() * Math.min(2 ** this.losses, LONGEST_LOSS_PAUSE_MS));
  }

  failed(): void {
    this.failures++;
  }

  pause(): Promise<void> {
    return pause(Math.min(2 ** this.failures * 20, LONGEST_PAUSE_MS));
  }
}
