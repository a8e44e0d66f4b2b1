/** The shapes that the service returns. They belong to the product; the entities of the TypeORM store implement them. */
import type { AuditType } from '../core/change.js';
import type { ProcessStatus } from '../core/process.js';
import type { WaitKind } from '../core/waits-for.js';
import type { Progress } from './progress.js';

/** One run of a workflow. */
export interface Process {
  readonly id: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  /** The business key: one live process per workflow and group id. */
  readonly groupId: string;
  /** 0 while it is live, null once it is finished. */
  readonly live: number | null;
  readonly status: ProcessStatus;
  /** The number of its audit records. Each change of the process is guarded by it. */
  readonly revision: number;
  readonly contextVersion: number;
  /** The newest version of the context that holds all values. */
  readonly snapshotVersion: number;
  /** Step runs so far. */
  readonly runs: number;
  /** Why it failed, is suspended or was cancelled. */
  readonly cause: string | null;
  /** The process that started it. */
  readonly parentId: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly updatedAt: Date;
}

/** A process in a list. */
export interface FoundProcess extends Process {
  /** How it gets on, in one word. */
  readonly progress: Progress;
  /** The steps that it stands in, at most five. */
  readonly steps: readonly string[];
}

/** What the engine needs to know of a process, and most callers must not: shown where a call says `internals: true`. */
export interface ProcessInternals {
  /** The group id as a hash that is the same on every database. */
  readonly groupKey: string;
  /** Restarts so far. */
  readonly root: number;
  /** The worker that runs it. Empty: no worker has claimed it yet. Null: nothing in it can run. */
  readonly worker: string | null;
  /** Grows with every claim. */
  readonly claim: number;
  /** Where the process stands, beside its waits. */
  readonly tokens: readonly object[];
  /** `awaited`: the parent waits for its end. `tied`: it is cancelled with its parent. `both`, or `none`. */
  readonly parentBond: 'awaited' | 'tied' | 'both' | 'none' | null;
}

/** One thing that happened to a process. The engine never changes a record, and deletes it with its process only. */
export interface AuditRecord {
  readonly processId: string;
  /** 1, 2, 3... within the process. */
  readonly sequence: number;
  readonly type: AuditType;
  readonly step: string | null;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly contextVersion: number;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly error: string | null;
  readonly detail: string | null;
  readonly worker: string | null;
  readonly createdAt: Date;
}

/** One thing that a process waits for. */
export interface WaitView {
  readonly processId: string;
  readonly step: string;
  readonly run: number;
  readonly kind: WaitKind | 'closed';
  /** The name of an event, or the id of a child. The correlation id of a response is a secret: it is null unless internals are shown. */
  readonly key: string | null;
  readonly queue: string | null;
  readonly attempt: number;
  readonly since: Date;
  /** When time ends the wait: a task may run, a timer fires, or the wait has lasted too long. */
  readonly dueAt: Date | null;
  /** When a queued task may run; null once a worker has taken it. */
  readonly readyAt: Date | null;
  /** The JSON Schema of an input; null for other waits, or if none is known. */
  readonly schema: object | null;
}

/** What the engine needs to know of a wait. With it, `key` shows the correlation id of a response: who has that can answer. */
export interface WaitInternals {
  readonly tokenKey: string;
  readonly worker: string | null;
  readonly claim: number;
}

/** Whether a call shows what belongs to the engine. */
export interface ViewOptions {
  /** Shows {@link ProcessInternals}, {@link WaitInternals} and correlation ids. Not for the eyes of those a process is about. Default false. */
  readonly internals?: boolean;
}

/** Where a process stands and what would move it, in words. */
export interface Explanation {
  /** How it gets on, in one word. */
  readonly progress: Progress;
  /** All of it in a sentence or two, for people. */
  readonly sentence: string;
  /** The waits of the process, at most 200: since when, until when, and which worker holds them. */
  readonly waits: WaitView[];
  /** The actions that are possible now, mostly with the call that does each; at most 20. */
  readonly remedies: string[];
}
