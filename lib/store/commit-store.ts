import type { Change, MessageState } from '../core/change.js';
import type { ClaimBy, Loaded, ProcessRequest, Rejection, TaskAt, WaitAt } from './port.js';

/**
 * The part of a store on which every change depends: what a decision needs is read, and what it has made is written.
 * @typeParam Transaction what an application hands over to have something done in a transaction of its own; with TypeORM an `EntityManager`.
 */
export abstract class CommitStore<Transaction = unknown> {
  /** How many commits it can have under way at once. */
  readonly maxConcurrentCommits: number = 1;
  /** How many transactions of the application can be open at once: the size of its pool. */
  readonly maxTransactions: number = Infinity;

  /** Processes with the rows that decisions need; null where there is no such process. */
  abstract load(requests: readonly ProcessRequest[]): Promise<readonly (Loaded | null)[]>;
  /**
   * Applies each change whole or not at all, guarded by `change.expected`, and resolves when that is durable. The changes are
   * of different processes. Returns those it did not apply. It rejects only if nothing can be said of any of them.
   */
  abstract commit(changes: readonly Change[]): Promise<readonly Rejection[]>;
  /** The same inside a transaction of the caller's: it counts when that commits. */
  abstract commitWithin(transaction: Transaction, change: Change): Promise<Rejection | null>;
  /** Runs `work` in a transaction of the application's own database. */
  abstract transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Calls `done` once when the transaction has committed; `undone` where that, or the savepoint around the call, is rolled back. */
  abstract afterCommit(transaction: Transaction, done: () => void, undone?: () => void): void;

  /** Waits at these addresses, oldest first. */
  abstract waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]>;
  abstract messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]>;
  /** Keeps messages that no process waits for yet; in a transaction of the caller's, if it gives one. A known id is left as it is, and handed back. */
  abstract keepMessages(messages: readonly MessageState[], transaction?: Transaction): Promise<readonly MessageState[]>;

  /** Takes those of the tasks that are free and ready; with a rate, no more of the queue than it allows on all workers together. The tasks are of one queue. */
  abstract claimTasks(tasks: readonly TaskAt[], by: ClaimBy): Promise<readonly TaskAt[]>;
}
