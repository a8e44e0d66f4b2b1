import type { Change, MessageState } from '../core/change.js';
import type { ClaimBy, Loaded, ProcessRequest, Rejection, TaskAt, WaitAt } from './port.js';

/** How many messages of one address and disposition are read to recognise a repeated one. */
export const NEWEST = 20;

/**
 * The part of a store that every change uses: reads what a decision needs, and writes what it has made.
 * @typeParam Transaction an open transaction of the application; with TypeORM an `EntityManager`.
 */
export abstract class CommitStore<Transaction = unknown> {
  /** How many commits can run at once. */
  readonly maxConcurrentCommits: number = 1;
  /** How many transactions of the application can be open at once: the size of its pool. */
  readonly maxTransactions: number = Infinity;

  /** Processes with the rows that decisions need; null where there is no such process. */
  abstract load(requests: readonly ProcessRequest[]): Promise<readonly (Loaded | null)[]>;
  /**
   * The same for one process, while the caller holds a transaction. It reads through another connection, which sees the newest rows; only
   * where that one could have to wait for the transaction to end, it reads through the transaction.
   */
  async loadWithin(_transaction: Transaction, request: ProcessRequest): Promise<Loaded | null> {
    return (await this.load([request]))[0] ?? null;
  }
  /**
   * Applies each change whole or not at all, guarded by `change.expected`, and resolves when that is durable. The changes are
   * of different processes. Returns those it did not apply. Rejects if it cannot tell which were applied.
   */
  abstract commit(changes: readonly Change[]): Promise<readonly Rejection[]>;
  /** The same inside a transaction of the caller. The change takes effect when that commits. */
  abstract commitWithin(transaction: Transaction, change: Change): Promise<Rejection | null>;
  /** Runs `work` in a transaction of the application's own database. */
  abstract transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Calls `done` once when the transaction has committed, or `undone` if that, or the savepoint around the call, is rolled back. */
  abstract afterCommit(transaction: Transaction, done: () => void, undone?: () => void): void;

  /** Waits at these addresses, oldest first. */
  abstract waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]>;
  /** Messages stored at these addresses that no process has received yet, oldest first. */
  abstract messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]>;
  /** The newest messages at these addresses, whatever became of them: at most {@link NEWEST} of each address and disposition, newest first. */
  abstract knownAt(addresses: readonly string[]): Promise<readonly MessageState[]>;
  /** Stores messages that no process waits for yet, in a transaction of the caller if given. Returns those whose id was stored before, unchanged. */
  abstract keepMessages(messages: readonly MessageState[], transaction?: Transaction): Promise<readonly MessageState[]>;

  /** Claims those of the tasks that are free and ready. A rate limits the claims of all workers together. The tasks are of one queue. */
  abstract claimTasks(tasks: readonly TaskAt[], by: ClaimBy): Promise<readonly TaskAt[]>;
}
