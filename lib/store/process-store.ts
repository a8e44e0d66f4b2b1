import type { Change, MessageState, RecordDraft, UndoMark, VersionDraft } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessState, WaitState } from '../core/process.js';
import type { Known, Loaded, Match, ProcessQuery, Rate, Rejection, StoredDefinition, TaskAt, WaitAt, WaitQuery, Want } from './port.js';

export type * from './port.js';

/**
 * Where processes live. Every implementation passes `processStoreContract`.
 *
 * The row is the truth: what {@link commit} has applied must survive the death of the process and of the machine, as far as
 * the database can promise it. Times are milliseconds since 1970.
 *
 * @typeParam Transaction what the application hands over to have something done in a transaction of its own;
 * with TypeORM an `EntityManager`.
 */
export abstract class ProcessStore<Transaction = unknown> {
  /** Checks or makes what it needs. Throws, naming the remedy, if something is missing. */
  abstract open(schema: 'check' | 'migrate' | 'off'): Promise<void>;
  abstract close(): Promise<void>;

  /**
   * Applies each change whole or not at all, guarded by `change.expected`, and resolves when that is durable. The changes are
   * of different processes. Returns those it did not apply; rejects only if nothing can be said of any of them.
   */
  abstract commit(changes: readonly Change[]): Promise<readonly Rejection[]>;
  /** The same inside a transaction of the caller's: it counts when that commits. */
  abstract commitWithin(transaction: Transaction, change: Change): Promise<Rejection | null>;
  /** How many commits it can have under way at once. */
  readonly maxConcurrentCommits: number = 1;
  /** Runs `work` in a transaction of the application's own database. */
  abstract transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Calls `done` once when the transaction has committed; `undone` where that, or the savepoint around the call, is rolled back. */
  abstract afterCommit(transaction: Transaction, done: () => void, undone?: () => void): void;

  abstract load(wants: readonly Want[]): Promise<readonly (Loaded | null)[]>;
  /** Waits for a message, oldest first. */
  abstract waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]>;

  /** Keeps messages nobody waits for yet; in a transaction of the caller's, if it gives one. A known id is left as it is, and handed back. */
  abstract keepMessages(messages: readonly MessageState[], transaction?: Transaction): Promise<readonly MessageState[]>;
  abstract messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]>;
  /**
   * Stored messages that a wait of these workflows matches: what both sides missed; those after one. By the message's arrival and
   * id, then by process and key.
   */
  abstract unmatched(workflows: readonly Known[], limit: number, after?: Match): Promise<readonly Match[]>;
  /** Stored ones, but for those that ask for a child (`s:...`), and the end of one (`c:...`) that somebody waits for. */
  abstract forgetMessages(storedBefore: number): Promise<void>;

  /**
   * Takes those of the tasks that are free and ready for a worker; with a rate, no more of the queue than it allows, on
   * all workers together. The tasks are of one queue.
   */
  abstract claimTasks(tasks: readonly TaskAt[], by: { readonly worker: string; readonly now: number; readonly rate?: Rate }): Promise<readonly TaskAt[]>;
  /** Tasks that are ready and free, of processes of these workflows that are neither suspended nor failed; oldest first. */
  abstract readyTasks(workflows: readonly Known[], queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]>;

  /** Waits of these workflows whose moment has come. */
  abstract dueWaits(workflows: readonly Known[], now: number, limit: number): Promise<readonly { processId: string; key: string; run: number }[]>;
  /** Processes that can run and that nobody holds. */
  abstract freeProcesses(workflows: readonly Known[], limit: number): Promise<readonly string[]>;

  /** Says that the worker lives; returns the time of the store, ms. */
  abstract beat(worker: string): Promise<number>;
  /** Says that it will be heard of no more. */
  abstract retire(worker: string): Promise<void>;
  /** Workers last heard of before that; and those that hold something, and that nobody has heard of. */
  abstract silentWorkers(since: number): Promise<readonly string[]>;
  /** What a worker holds. None: its row may go. */
  abstract heldBy(
    worker: string,
    limit: number,
  ): Promise<{ readonly processes: readonly { id: string; revision: number }[]; readonly tasks: readonly TaskAt[] }>;
  abstract forgetWorker(worker: string): Promise<void>;

  /** Stored messages that ask for a child process to be started (address `s:...`), oldest first; those after one. They are never forgotten. */
  abstract childrenToStart(limit: number, after?: Pick<MessageState, 'id' | 'receivedAt'>): Promise<readonly MessageState[]>;
  /**
   * Live children that nobody needs any more, of this process or of any: tied to a parent that was cancelled, or awaited and tied
   * where the parent has no wait `c:<child id>` left.
   */
  abstract orphans(parentId: string | null, limit: number): Promise<readonly string[]>;

  /** All definitions, or those that changed at or after that moment, ms. */
  abstract definitions(since?: number): Promise<readonly StoredDefinition[]>;
  /** Writes one, unless another fingerprint (or null: none) than `expected` stands there; false if so. `updatedAt` is the store's time. */
  abstract keepDefinition(definition: Omit<StoredDefinition, 'updatedAt'>, expected: string | null): Promise<boolean>;
  /** The live processes of each workflow and version. */
  abstract census(): Promise<readonly { readonly workflow: string; readonly version: number; readonly live: number }[]>;

  /** The live process with this group id, else the latest, of each of these workflows that has one. */
  abstract byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]>;
  abstract find(query: ProcessQuery): Promise<readonly ProcessState[]>;
  abstract waitsOf(processId: string): Promise<readonly WaitState[]>;
  /** Waits of one kind, of live processes, with the process each belongs to. */
  abstract waitsLike(query: WaitQuery): Promise<readonly { readonly process: ProcessState; readonly wait: WaitState }[]>;
  abstract recordsOf(processId: string): Promise<readonly RecordDraft[]>;
  /** Versions in order, from one to another, both included. */
  abstract versions(processId: string, from: number, to: number): Promise<readonly VersionDraft[]>;
  /** The versions with an undo mark, newest first: number, step and mark. */
  abstract undoMarks(processId: string): Promise<readonly { readonly version: number; readonly step: string; readonly undo: UndoMark }[]>;
  /** The versions from the newest snapshot at or before `version` up to it. */
  abstract versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]>;
  /** How the tokens moved, version by version. */
  abstract movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]>;
}

/** The values of a version, from the snapshot before it and the patches since. */
export function valuesOf(versions: readonly VersionDraft[]): JsonObject {
  const values: Record<string, JsonObject[string]> = {};
  for (const { patch, removed, snapshot } of versions) {
    if (snapshot) for (const key of Object.keys(values)) delete values[key];
    Object.assign(values, snapshot ?? patch);
    for (const key of removed) delete values[key];
  }
  return values;
}
