import type { Timers } from '../values/clock.js';
import type { PendingWork } from '../values/pending-work.js';

/** A pause is as long as the batch before it took, so many times: other work has the database for most of the time. */
const REST = 4;

/** Runs batches of deletion beside other work. A shutdown waits for the batch that has begun. */
export class PacedBatches {
  constructor(private readonly parts: { readonly activity: PendingWork; readonly timers: Timers }) {}

  /** Runs one batch, and rests after it if another `follows`. */
  async run<T>(batch: () => Promise<T>, follows: (done: T) => boolean = () => true): Promise<T> {
    const began = performance.now();
    const done = await this.counted(batch);
    if (follows(done)) await this.rest(REST * (performance.now() - began));
    return done;
  }

  private async counted<T>(batch: () => Promise<T>): Promise<T> {
    this.parts.activity.begin();
    try {
      return await batch();
    } finally {
      this.parts.activity.end();
    }
  }

  private rest(ms: number): Promise<void> {
    return new Promise((resolve) => void this.parts.timers.after(ms, resolve));
  }
}
