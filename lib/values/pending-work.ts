/** Counts what is under way, and tells when nothing is: for tests, and for a shutdown that waits. */
export class PendingWork {
  private count = 0;
  private waiting: (() => void)[] = [];

  get underWay(): number {
    return this.count;
  }

  /** Something begins; {@link end} follows, whatever comes of it. */
  begin(): void {
    this.count++;
  }

  end(): void {
    if (--this.count === 0 && this.waiting.length > 0) setImmediate(() => this.tell());
  }

  /** `work` never rejects, or its rejection is a mistake of ours that must be seen. */
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
