import type { Change } from '../core/change.js';
import type { CommitStore } from '../store/commit-store.js';
import type { Rejection } from '../store/port.js';
import { setImmediate } from '../values/timers.js';

/** Is told how a commit went. */
export interface CommitAnswer {
  /** The change is durable, or `rejection` says why it was not applied. */
  answered(rejection: Rejection | null): void;
  /** It is not known whether the change is stored. */
  failed(error: unknown): void;
}

interface WaitingChange {
  readonly change: Change;
  readonly answer: CommitAnswer;
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
  private waiting: WaitingChange[] = [];
  private underWay = 0;
  private armed = false;

  constructor(private readonly store: CommitStore) {}

  commit(change: Change, answer: CommitAnswer): void {
    this.waiting.push({ change, answer });
    this.arm();
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

  private nextBatch(): WaitingChange[] {
    const free = this.store.maxConcurrentCommits - this.underWay;
    const share = this.waiting.length > WORTH_SPLITTING ? Math.ceil(this.waiting.length / free) : this.waiting.length;
    return this.waiting.splice(0, Math.min(share, LARGEST_BATCH));
  }

  private async flush(batch: readonly WaitingChange[]): Promise<void> {
    this.underWay++;
    const outcome = await this.outcomeOf(batch);
    this.underWay--;
    this.arm();
    if (outcome instanceof LostBatch) for (const { answer } of batch) answer.failed(outcome.error);
    else answerBatch(batch, outcome);
  }

  private async outcomeOf(batch: readonly WaitingChange[]): Promise<readonly Rejection[] | LostBatch> {
    try {
      return await this.store.commit(batch.map(({ change }) => change));
    } catch (error) {
      return new LostBatch(error);
    }
  }
}

class LostBatch {
  constructor(readonly error: unknown) {}
}

function answerBatch(batch: readonly WaitingChange[], rejections: readonly Rejection[]): void {
  const byChange = rejections.length === 0 ? null : new Map(rejections.map((rejection) => [rejection.change, rejection]));
  for (const { change, answer } of batch) answer.answered(byChange?.get(change) ?? null);
}
