import type { Disposition, MessageState } from '../core/change.js';
import type { ThreadBeat } from './thread-beat.js';
import type {
  DeletedOutgoing,
  DueWait,
  FinishedProcess,
  HeldWork,
  InboxCount,
  KnownWorkflow,
  Match,
  SilentWorker,
  StoredDefinition,
  TaskAt,
  WorkerCount,
  WorkThere,
} from './port.js';

/** The part of a store that the sweep, the heartbeat and the table of definitions use. */
export abstract class MaintenanceStore {
  /* ------------------------------------------------------------------- sweep ---- */

  /** Tells for each kind whether there may be work. One statement, so an idle instance costs next to nothing. */
  abstract workAt(now: number, queues: readonly string[]): Promise<WorkThere>;
  /**
   * The first moment after `after` at which a wait is due, a task ready, a scheduled message to be emitted or a message of the outbox to be transmitted.
   * Null: there is none. A moment at which nothing can be done after all is harmless. Only tests ask, which move their clock there.
   */
  abstract nextMoment(after: number): Promise<number | null>;
  /** Waits of these workflows that are due. */
  abstract dueWaits(workflows: readonly KnownWorkflow[], now: number, limit: number): Promise<readonly DueWait[]>;
  /** Processes in which something can run, and that no worker has claimed: those that have begun (`UNCLAIMED`) before new ones (`UNCLAIMED_NEW`). */
  abstract freeProcesses(workflows: readonly KnownWorkflow[], limit: number): Promise<readonly string[]>;
  /** Tasks that are ready and free, of processes of these workflows that are neither suspended nor failed; oldest first. */
  abstract readyTasks(workflows: readonly KnownWorkflow[], queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]>;
  /**
   * Stored messages and waits of these workflows that match and have missed each other. Continues after `after`. Ordered by the
   * message's arrival and id, then by process and key.
   */
  abstract unmatched(workflows: readonly KnownWorkflow[], limit: number, after?: Match): Promise<readonly Match[]>;
  /** Messages that were scheduled for this moment or before, the first one first. Their `receivedAt` is that moment. Continues after `after`. */
  abstract scheduledMessages(now: number, limit: number, after?: Pick<MessageState, 'id' | 'receivedAt'>): Promise<readonly MessageState[]>;
  /** Changes the disposition of a message that no process has received, if it is still one of `from`. False: it is not. */
  abstract markMessage(id: string, from: readonly Disposition[], to: Disposition, reason: string | null): Promise<boolean>;
  /** How many responses and events that no process has received there are, and their length, by workflow. */
  abstract inboxCensus(): Promise<readonly InboxCount[]>;
  /** How many of those there are at each of these addresses. An address without one may be left out. */
  abstract countAt(addresses: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Deletes older messages that no process has received, except those that ask for a child (`s:...`), and the end of a child (`c:...`) that a process waits for. */
  abstract forgetMessages(storedBefore: number): Promise<void>;

  /* ---------------------------------------------------------------- children ---- */

  /** Stored messages that ask for a child process (address `s:...`), oldest first. Continues after `after`. They are never forgotten. */
  abstract childrenToStart(limit: number, after?: Pick<MessageState, 'id' | 'receivedAt'>): Promise<readonly MessageState[]>;
  /**
   * Live children that are no longer needed, of this parent or of any. They are tied to a cancelled parent, or they are awaited and
   * tied and the parent has no wait `c:<child id>` left.
   */
  abstract orphans(parentId: string | null, limit: number): Promise<readonly string[]>;

  /* ---------------------------------------------------------------- deletion ---- */

  /**
   * Processes of a workflow that finished at that moment or before, of every version; by their end and then by id. Continues after `after`.
   * It must read about as many rows as it returns, however many there are.
   */
  abstract finishedOf(workflow: string, finishedBefore: number, limit: number, after?: FinishedProcess): Promise<readonly FinishedProcess[]>;
  /**
   * Deletes those of these processes that are finished and have the revision given, with their versions, records, waits and messages; the
   * process itself last. Returns the ids of those. Messages of the outbox that are not deleted are transmitted as before.
   */
  abstract deleteFinished(processes: readonly Pick<FinishedProcess, 'id' | 'revision'>[], outgoing: DeletedOutgoing): Promise<readonly string[]>;
  /** Deletes messages that no process has received. */
  abstract deleteUnreceived(ids: readonly string[]): Promise<void>;

  /* ----------------------------------------------------------------- workers ---- */

  /** Records that the worker is alive. Returns the time of the store, ms. */
  abstract beat(worker: string): Promise<number>;
  /** Lets a thread beside the event loop do the same. Null: not supported, so a body that blocks the event loop silences the worker. */
  threadBeat(_worker: string): ThreadBeat | null {
    return null;
  }
  /** Records that the worker has shut down. */
  abstract retire(worker: string): Promise<void>;
  /** Workers last seen before that moment, with those that have retired, and workers that hold work but have no row. */
  abstract silentWorkers(since: number): Promise<readonly SilentWorker[]>;
  /** The work that a worker holds, without that of the processes in `except`. If there is none, its row may be deleted. */
  abstract heldBy(worker: string, limit: number, except?: readonly string[]): Promise<HeldWork>;
  abstract forgetWorker(worker: string): Promise<void>;
  /** Workers that have a row and have not shut down, by id. */
  abstract workers(): Promise<readonly WorkerCount[]>;

  /* ------------------------------------------------------------- definitions ---- */

  /** All definitions, or those that changed at or after that moment, ms. */
  abstract definitions(since?: number): Promise<readonly StoredDefinition[]>;
  /** Writes a definition if the stored fingerprint is `expected` (null: none is stored), else returns false. `updatedAt` is the store's time. */
  abstract keepDefinition(definition: Omit<StoredDefinition, 'updatedAt'>, expected: string | null): Promise<boolean>;
}
