import { setImmediate } from './timers.js';

/** Counts work under way, and tells when there is none: for tests, and for a shutdown that waits. */
export class PendingWork {
  private count = 0;
  private waiting: (() => void)[] = [];
  /** How much work has begun so far. */
  begun = 0;

  get underWay(): number {
    return this.count;
  }

  /** Some work begins. {@link end} must follow, also after an error. */
  begin(): void {
    this.count++;
    this.begun++;
  }

  end(): void {
    if (--this.count === 0 && this.waiting.length > 0) setImmediate(() => this.tell());
  }

  /** Counts `work`, which never rejects. A rejection is a bug of ours, and is thrown on so that it is seen. */
  during(work: () => Promise<void>): void {
    this.begin();
    const end = () => this.end();
    void work().then(end, (error: unknown) => {
      end();
      throw error;
    });
  }

  /** Resolves when nothing has been under way for a turn of the event loop. */
  async idle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.count > 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private tell(): void {
    if (this.count > 0) return;
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
