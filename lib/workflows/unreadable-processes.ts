import { monotonicNow } from '../values/timers.js';

/** So many are left out of a question to the store. */
const MOST = 500;
/** After this time they are tried again: a person may have mended the row. */
const LEFT_ALONE_MS = 10 * 60_000;

/** Processes whose rows this instance could not read. They are left out of what it asks of the store, so that they do not delay others. */
export class UnreadableProcesses {
  private readonly until = new Map<string, number>();
  private added = 0;

  /** How often one was added. */
  get count(): number {
    return this.added;
  }

  /** False: it is known already, or there are too many. */
  add(id: string): boolean {
    if (this.until.has(id) || this.until.size >= MOST) return false;
    this.until.set(id, monotonicNow() + LEFT_ALONE_MS);
    this.added++;
    return true;
  }

  ids(): string[] {
    const now = monotonicNow();
    for (const [id, until] of this.until) if (until <= now) this.until.delete(id);
    return [...this.until.keys()];
  }
}
