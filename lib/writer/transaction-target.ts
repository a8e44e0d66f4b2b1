import { setTimeout as pause } from 'node:timers/promises';
import type { Change } from '../core/change.js';
import type { CommitStore } from '../store/commit-store.js';
import type { Rejection } from '../store/port.js';
import { StoreUnavailableError } from '../values/errors.js';
import type { BatchLoader } from './batch-loader.js';
import type { ClaimLimit } from './claim-limit.js';
import type { CommitTarget } from './commit-target.js';
import { type KnownProcess, type ProcessReading, readingOf } from './decide.js';
import type { CommitAnswer } from './group-commit.js';
import type { PendingEvent } from './pending-event.js';
import type { Uncommitted } from './uncommitted.js';

const MOST_LOSSES = 10;
const LONGEST_PAUSE_MS = 50;

/** The parts that all writes in transactions need. */
export interface TransactionParts {
  readonly commits: CommitStore<unknown>;
  readonly loader: BatchLoader;
  readonly uncommitted: Uncommitted;
  readonly limit: ClaimLimit;
}

/** The transaction, and its use. */
export interface TransactionUse {
  readonly manager: unknown;
  /** The process begins in this transaction, so there is nothing to read. */
  readonly isNew?: boolean;
  /** The worker of the transactional step. Left out: a transaction of the application, where the engine claims nothing before the commit. */
  readonly worker?: string;
}

/** Writes events of one process inside a transaction that its owner commits. */
export class TransactionTarget implements CommitTarget {
  private losses = 0;

  constructor(
    private readonly parts: TransactionParts,
    private readonly id: string,
    private readonly use: TransactionUse,
  ) {}

  worker(): string | null {
    return this.use.worker ?? null;
  }

  hasRoom(): boolean {
    return this.parts.limit.hasRoomFor(this.id);
  }

  /** Reads the committed process, and adds the changes of this transaction so far. */
  async read(waits: readonly string[], messages: readonly string[]): Promise<ProcessReading | null> {
    const { loader, uncommitted } = this.parts;
    const loaded = this.use.isNew ? null : await loader.loadWithin(this.use.manager, { id: this.id, waits, messages, context: true });
    return uncommitted.onTop(this.use.manager, this.id, loaded && readingOf(loaded, waits));
  }

  commit(change: Change, answer: CommitAnswer): void {
    const committed = this.parts.commits.commitWithin(this.use.manager, change);
    committed.then((rejection) => answer.answered(rejection), (error: unknown) => answer.failed(error)); // prettier-ignore
  }

  /** A worker goes on with the values that it knows. A process that the application started or changed is read again by its worker. */
  committed(change: Change, { context }: KnownProcess): void {
    this.parts.uncommitted.add(this.use.manager, change, this.use.worker === undefined ? null : context);
  }

  seen(): boolean {
    return true;
  }

  refused(): void {}

  async overtaken(rejection: Rejection): Promise<void> {
    if (++this.losses > MOST_LOSSES) throw new StoreUnavailableError(rejection.error ?? 'too many others change it at the same time', this.id);
    await pause(Math.random() * Math.min(2 ** this.losses, LONGEST_PAUSE_MS));
  }

  written(): void {}

  failed(batch: readonly PendingEvent[], error: unknown): void {
    for (const pending of batch) pending.reject(error);
  }
}
