/** What people do to many processes at once: pauses, and bulk runs. */
import type { Json } from '../values/json.js';
import type { PausedPlace } from '../values/paused-place.js';
import type { DueWait, KnownWorkflow } from './port.js';

/** A pause of a place. It stays in its table when it has ended, as the record of who has paused it and why. */
export interface StoredPause extends PausedPlace {
  readonly id: string;
  /** Made of the place: at most one pause of an address is live. */
  readonly address: string;
  /** Grows with each change, which is refused if the stored one is another. */
  readonly revision: number;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly pausedAt: number;
  /** How many bodies may begin in a minute while it ends; null: all. */
  readonly perMinute: number | null;
  readonly resumedBy: string | null;
  readonly resumeReason: string | null;
  /** Since when it ends; null: it holds. */
  readonly resumedAt: number | null;
  /** Until this moment all that may begin has been let through; null: it has not begun to end. */
  readonly releasedUntil: number | null;
  /** When the last body was let through; null: it is live. */
  readonly endedAt: number | null;
  /** In the time of the database. */
  readonly updatedAt: number;
}

/** Selects pauses, also those that have ended. They are listed by id. */
export interface PauseQuery {
  readonly id?: string;
  /** Continues after the pause with this id. */
  readonly after?: string;
  readonly limit: number;
}

/** One action on many processes or messages. */
export interface StoredBulk {
  readonly id: string;
  readonly revision: number;
  readonly action: string;
  readonly filter: Json;
  readonly options: Json;
  readonly state: 'running' | 'stopped' | 'done';
  readonly limit: number | null;
  readonly perMinute: number | null;
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly actor: string | null;
  readonly reason: string | null;
  /** The place after which it goes on; null: from the first. */
  readonly cursor: string | null;
  /** The instance that works on it, until this moment; then another one may go on. */
  readonly holder: string | null;
  readonly heldUntil: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly updatedAt: number;
}

/** What a bulk run has done to one process or message. `begun`: it is not recorded yet what came of it. */
export interface StoredBulkItem {
  readonly bulkId: string;
  /** The process or the message. */
  readonly id: string;
  readonly outcome: 'begun' | 'done' | 'failed' | 'skipped';
  readonly error: string | null;
  readonly at: number;
}

/** Selects bulk runs. They are listed newest first, by start and id. */
export interface BulkQuery {
  readonly id?: string;
  readonly state?: StoredBulk['state'];
  readonly after?: Pick<StoredBulk, 'startedAt' | 'id'>;
  readonly limit: number;
}

/** What a worker says of its tasks, now and then. */
export interface WorkerReport {
  /** On its clock, which follows that of the store, ms. */
  readonly at: number;
  /** How many bodies of tasks have ended on it in the 60 s before, by queue. */
  readonly ended: Readonly<Record<string, number>>;
}

/** The part of a store that keeps pauses, bulk runs, and what workers report. */
export abstract class OperatingStore {
  /** Those that are live, and those that ended at this moment or later. */
  abstract pauses(endedSince: number): Promise<readonly StoredPause[]>;
  abstract pausesLike(query: PauseQuery): Promise<readonly StoredPause[]>;
  /**
   * Writes a pause if the stored revision is `expected` (null: none is stored), else returns false; also if another pause of its address is
   * live. `updatedAt` is the store's time.
   */
  abstract keepPause(pause: Omit<StoredPause, 'updatedAt'>, expected: number | null): Promise<boolean>;
  /** Waits of the kind `pause` at this address, about in the order in which they came; only of these workflows if they are given. It reads no more rows than it returns. */
  abstract heldAt(address: string, limit: number, workflows?: readonly KnownWorkflow[]): Promise<readonly DueWait[]>;

  abstract bulks(query: BulkQuery): Promise<readonly StoredBulk[]>;
  /** Writes a run if the stored revision is `expected` (null: none is stored), else returns false. `updatedAt` is the store's time. */
  abstract keepBulk(run: Omit<StoredBulk, 'updatedAt'>, expected: number | null): Promise<boolean>;
  /** What a run has done, by id. Continues after this id; of `ids`, only those. */
  abstract bulkItems(
    bulkId: string,
    page: { readonly after?: string; readonly ids?: readonly string[]; readonly limit: number },
  ): Promise<readonly StoredBulkItem[]>;
  /** Writes these over what is stored of the same processes or messages. */
  abstract putBulkItems(items: readonly StoredBulkItem[]): Promise<void>;
  /** Deletes what runs have done to these processes or messages, because they are erased. No index finds them: all items are looked at. */
  abstract forgetBulkItems(ids: readonly string[]): Promise<void>;
  /** The runs that have done something to these processes or messages. No index finds them: all items are looked at. */
  abstract bulksWith(ids: readonly string[]): Promise<readonly string[]>;
  /** Runs that ended at this moment or before, and that no instance holds since then; those that ended first come first. */
  abstract endedBulks(before: number, limit: number): Promise<readonly string[]>;
  /** Deletes at most so many items of a run, and the run once it has none. True: it is gone. */
  abstract forgetBulk(id: string, limit: number): Promise<boolean>;
  /** Deletes at most so many pauses that ended at this moment or before. Returns how many. */
  abstract forgetPauses(endedBefore: number, limit: number): Promise<number>;
  /** How many items of a run have each outcome. */
  abstract bulkCounts(bulkId: string): Promise<ReadonlyMap<StoredBulkItem['outcome'], number>>;

  /** Keeps what a worker says, as long as the worker is known. Default: it is not kept, and nothing is known of other workers. */
  async putReport(_worker: string, _report: WorkerReport): Promise<void> {}
  /** What each worker has said last. */
  async reports(): Promise<ReadonlyMap<string, WorkerReport>> {
    return new Map();
  }
}
