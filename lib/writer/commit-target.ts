import type { Change } from '../core/change.js';
import type { Rejection } from '../store/port.js';
import type { KnownProcess, ProcessReading } from './decide.js';
import type { CommitAnswer } from './group-commit.js';
import type { PendingEvent } from './pending-event.js';

/** Reads and commits one process for the write path. */
export interface CommitTarget {
  /** The worker that decides, and takes the process if something in it can run; null: no worker takes it. */
  worker(): string | null;
  /** True if that worker may take the process, within its limit. */
  hasRoom(): boolean;
  /** The process with these rows; null: there is none. From memory without a promise, else from the store. */
  read(waits: readonly string[], messages: readonly string[]): Promise<ProcessReading | null> | ProcessReading | null;
  commit(change: Change, answer: CommitAnswer): void;
  /** The change is committed, and the answers follow. */
  committed(change: Change, known: KnownProcess): void;
  /** No event applied. False: the state may be old, so read and decide again before answering. */
  seen(known: KnownProcess | null): boolean;
  /** The database has refused the change. */
  refused(): void;
  /** Another writer was faster. Resolves when it is time to read and decide again. @throws if the target gives up */
  overtaken(rejection: Rejection): Promise<void> | void;
  /** The store did not answer, so the change may or may not be stored. Answers the events, or has them tried again. */
  failed(batch: readonly PendingEvent[], error: unknown): Promise<void> | void;
  /** The batch is done with. */
  written(): void;
}
