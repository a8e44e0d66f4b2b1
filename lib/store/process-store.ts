import type { AuditType, Change, MessageState, RecordDraft, VersionDraft } from '../core/change.js';
import type { JsonObject } from '../core/json.js';
import type { ProcessState, ProcessStatus, WaitState } from '../core/process.js';

/** What an event needs to be decided. */
export interface Want {
  readonly id: string;
  /** The waits it is about, by key. */
  readonly waits: readonly string[];
  /** The messages it brings, by id, to tell a known one. */
  readonly messages: readonly string[];
  /** The newest values too, for a body or a condition. */
  readonly context: boolean;
}

export interface Loaded {
  readonly process: ProcessState;
  readonly waits: readonly WaitState[];
  readonly messages: readonly MessageState[];
  /** The newest values, if they were wanted. */
  readonly context: JsonObject | null;
}

/**
 * A change that was not applied. `stale`: the stored revision is another. `exists`: its id, or a live process with its group
 * id. `refused`: the database does not take its data, and says why.
 */
export interface Rejection {
  readonly change: Change;
  readonly reason: 'stale' | 'exists' | 'refused';
  readonly error?: unknown;
}

/** A wait, by where it stands. `closed`: it was one, and its process has moved on. */
export interface WaitAt {
  readonly processId: string;
  readonly key: string;
  readonly run: number;
  readonly step: string;
  readonly address: string;
  readonly closed: boolean;
}

/** A queued task, by where it stands. */
export interface TaskAt {
  readonly processId: string;
  readonly key: string;
  readonly run: number;
  readonly queue: string;
  /** ms. */
  readonly readyAt: number;
  /** How often it was taken; grows with each taking, and fences whoever had it before. */
  readonly claim: number;
}

export interface Rate {
  readonly max: number;
  readonly perMs: number;
}

export interface ProcessQuery {
  readonly workflow?: string;
  readonly statuses?: readonly ProcessStatus[];
  readonly groupId?: string;
  /** The name of a step it waits in. */
  readonly waitingFor?: string;
  readonly startedBefore?: number;
  /** Continues after this process: newest first, by start and id. */
  readonly after?: { readonly startedAt: number; readonly id: string };
  readonly limit: number;
}

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
  readonly lanes: number = 1;
  /** Runs `work` in a transaction of the application's own database. */
  abstract transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Calls `done` once when the transaction has committed. */
  abstract afterCommit(transaction: Transaction, done: () => void): void;

  abstract load(wants: readonly Want[]): Promise<readonly (Loaded | null)[]>;
  /** Waits for a message, oldest first. */
  abstract waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]>;

  /** Keeps messages nobody waits for yet; in a transaction of the caller's, if it gives one. A known id is left as it is, and handed back. */
  abstract keepMessages(messages: readonly MessageState[], transaction?: Transaction): Promise<readonly MessageState[]>;
  abstract messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]>;
  /** Stored messages that a wait matches: what both sides missed. */
  abstract unmatched(limit: number): Promise<readonly { readonly message: MessageState; readonly wait: WaitAt }[]>;
  abstract forgetMessages(storedBefore: number): Promise<void>;

  /**
   * Takes those of the tasks that are free and ready for a worker; with a rate, no more of the queue than it allows, on
   * all workers together. The tasks are of one queue.
   */
  abstract claimTasks(tasks: readonly TaskAt[], by: { readonly worker: string; readonly now: number; readonly rate?: Rate }): Promise<readonly TaskAt[]>;
  /** Tasks that are ready and free, of processes that are neither suspended nor failed; oldest first. */
  abstract readyTasks(queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]>;

  /** Waits of these workflows whose moment has come. */
  abstract dueWaits(workflows: readonly string[], now: number, limit: number): Promise<readonly { processId: string; key: string; run: number }[]>;
  /** Processes that can run and that nobody holds. */
  abstract freeProcesses(workflows: readonly string[], limit: number): Promise<readonly string[]>;

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

  /** The live process with this group id, else the latest, of each of these workflows that has one. */
  abstract byGroup(workflows: readonly string[], groupId: string): Promise<readonly ProcessState[]>;
  abstract find(query: ProcessQuery): Promise<readonly ProcessState[]>;
  abstract waitsOf(processId: string): Promise<readonly WaitState[]>;
  abstract recordsOf(processId: string): Promise<readonly RecordDraft[]>;
  /** The versions from the newest snapshot at or before `version` up to it. */
  abstract versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]>;
  /** How the tokens moved, version by version. */
  abstract movesUpTo(processId: string, version: number): Promise<readonly VersionDraft['moves'][]>;
}

/** A committed audit record, as it streams out. */
export interface CommittedRecord extends RecordDraft {
  readonly processId: string;
  readonly type: AuditType;
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
