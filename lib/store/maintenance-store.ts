import type { MessageState } from '../core/change.js';
import type { ThreadBeat } from './thread-beat.js';
import type { DueWait, HeldWork, KnownWorkflow, Match, SilentWorker, StoredDefinition, TaskAt } from './port.js';

/** The part of a store behind the sweep, the heartbeat and the table of definitions. */
export abstract class MaintenanceStore {
  /* ------------------------------------------------------------------- sweep ---- */

  /** Waits of these workflows whose moment has come. */
  abstract dueWaits(workflows: readonly KnownWorkflow[], now: number, limit: number): Promise<readonly DueWait[]>;
  /** Processes in which something can run, and that no worker has claimed: those that have begun (`UNCLAIMED`) before new ones (`UNCLAIMED_NEW`). */
  abstract freeProcesses(workflows: readonly KnownWorkflow[], limit: number): Promise<readonly string[]>;
  /** Tasks that are ready and free, of processes of these workflows that are neither suspended nor failed; oldest first. */
  abstract readyTasks(workflows: readonly KnownWorkflow[], queues: readonly string[], now: number, limit: number): Promise<readonly TaskAt[]>;
  /**
   * Stored messages that a wait of these workflows matches: what both sides missed; those after one. By the message's arrival and
   * id, then by process and key.
   */
  abstract unmatched(workflows: readonly KnownWorkflow[], limit: number, after?: Match): Promise<readonly Match[]>;
  /** Deletes stored messages, except those that ask for a child (`s:...`), and the end of one (`c:...`) that a process waits for. */
  abstract forgetMessages(storedBefore: number): Promise<void>;

  /* ---------------------------------------------------------------- children ---- */

  /** Stored messages that ask for a child process (address `s:...`), oldest first; those after one. They are never forgotten. */
  abstract childrenToStart(limit: number, after?: Pick<MessageState, 'id' | 'receivedAt'>): Promise<readonly MessageState[]>;
  /**
   * Live children that are needed no more, of this process or of any: tied to a parent that was cancelled, or awaited and tied
   * where the parent has no wait `c:<child id>` left.
   */
  abstract orphans(parentId: string | null, limit: number): Promise<readonly string[]>;

  /* ----------------------------------------------------------------- workers ---- */

  /** Says that the worker lives; returns the time of the store, ms. */
  abstract beat(worker: string): Promise<number>;
  /** How a thread beside the event loop does the same. Null: it cannot, and a body that blocks the event loop keeps the worker silent. */
  threadBeat(_worker: string): ThreadBeat | null {
    return null;
  }
  /** Says that the worker will not be heard of again. */
  abstract retire(worker: string): Promise<void>;
  /** Workers last heard of before that, those that have retired among them; and those that hold something and have no row. */
  abstract silentWorkers(since: number): Promise<readonly SilentWorker[]>;
  /** What a worker holds. Nothing: its row may go. */
  abstract heldBy(worker: string, limit: number): Promise<HeldWork>;
  abstract forgetWorker(worker: string): Promise<void>;

  /* ------------------------------------------------------------- definitions ---- */

  /** All definitions, or those that changed at or after that moment, ms. */
  abstract definitions(since?: number): Promise<readonly StoredDefinition[]>;
  /** Writes one, unless another fingerprint (or null: none) than `expected` stands there; false if so. `updatedAt` is the store's time. */
  abstract keepDefinition(definition: Omit<StoredDefinition, 'updatedAt'>, expected: string | null): Promise<boolean>;
}
