import type { Change } from '../core/change.js';
import type { CommitStore } from '../store/commit-store.js';
import type { Rejection } from '../store/port.js';

interface Waiting {
  readonly change: Change;
  readonly resolve: (rejection: Rejection | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Above this size a commit slows down more than it gains. */
const LARGEST_BATCH = 1000;
/** Up to this size, one commit is faster than two at once. */
const WORTH_SPLITTING = 64;

/**
 * Group commit: changes of different processes share one commit of the store. Changes that come while the store is busy
 * wait together; when it is idle, a change goes out in the same turn of the event loop. There is no timer and no delay.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private underWay = 0;
  private armed = false;

  constructor(private readonly store: CommitStore) {}

  /** Resolves with null when the change is durable, or with why it was not applied. Rejects when that is not known. */
  commit(change: Change): Promise<Rejection | null> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ change, resolve, reject });
      this.arm();
    });
  }

  /** Sends all changes of this turn of the event loop together. */
  private arm(): void {
    if (this.armed || this.waiting.length === 0 || this.underWay >= this.store.maxConcurrentCommits) return;
    this.armed = true;
    setImmediate(() => {
      this.armed = false;
      while (this.waiting.length > 0 && this.underWay < this.store.maxConcurrentCommits) void this.flush(this.nextBatch());
    });
  }

  private nextBatch(): Waiting[] {
    const free = this.store.maxConcurrentCommits - this.underWay;
    const share = this.waiting.length > WORTH_SPLITTING ? Math.ceil(this.waiting.length / free) : this.waiting.length;
    return this.waiting.splice(0, Math.min(share, LARGEST_BATCH));
  }

  private async flush(batch: readonly Waiting[]): Promise<void> {
    this.underWay++;
    try {
      answerBatch(batch, await this.store.commit(batch.map(({ change }) => change)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.underWay--;
      this.arm();
    }
  }
}

function answerBatch(batch: readonly Waiting[], rejections: readonly Rejection[]): void {
  if (rejections.length === 0) return batch.forEach(({ resolve }) => resolve(null));
  const byChange = new Map(rejections.map((rejection) => [rejection.change, rejection]));
  for (const { change, resolve } of batch) resolve(byChange.get(change) ?? null);
}
