/** What goes over the port of the stores, beside processes themselves. */
import type { Change, MessageState } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessState, ProcessStatus } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import type { WaitKind } from '../core/waits-for.js';

/** What to read of a process for a decision. */
export interface ProcessRequest {
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

/** A stored message, and a wait that it matches. */
export interface Match {
  readonly message: MessageState;
  readonly wait: WaitAt;
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

/** A workflow, in the versions that the application knows. */
export interface KnownWorkflow {
  readonly workflow: string;
  readonly versions: readonly number[];
}

/** Who takes tasks, when, of which workflows, and how many of the queue it may take. */
export interface ClaimBy {
  readonly worker: string;
  readonly now: number;
  readonly workflows: readonly KnownWorkflow[];
  readonly rate?: Rate;
}

/** A wait whose moment has come. */
export interface DueWait {
  readonly processId: string;
  readonly key: string;
  readonly run: number;
}

/** What a worker holds. */
export interface HeldWork {
  readonly processes: readonly { readonly id: string; readonly revision: number }[];
  readonly tasks: readonly TaskAt[];
}

/** A worker that is gone. */
export interface SilentWorker {
  readonly id: string;
  /** It said so itself, as it was shut down: nothing has crashed. */
  readonly retired: boolean;
}

/** A wait with its process. */
export interface ProcessWait {
  readonly process: ProcessState;
  readonly wait: WaitState;
}

/** How many live processes a version of a workflow has. */
export interface LiveCount {
  readonly workflow: string;
  readonly version: number;
  readonly live: number;
}

export interface Rate {
  readonly max: number;
  readonly perMs: number;
}

export interface ProcessQuery {
  readonly workflow?: string;
  readonly statuses?: readonly ProcessStatus[];
  readonly groupId?: string;
  readonly version?: number;
  /** The name of a step it waits in. */
  readonly waitingFor?: string;
  /** With a visit that takes too long: one with a wait of the kind `overdue`. */
  readonly overdue?: boolean;
  /** Started by this process. */
  readonly parentId?: string;
  readonly startedBefore?: number;
  /** Continues after this process: newest first, by start and id. */
  readonly after?: { readonly startedAt: number; readonly id: string };
  readonly limit: number;
}

/** Which waits to list: oldest first, by since, process and key. */
export interface WaitQuery {
  readonly kind: WaitKind;
  readonly workflow?: string;
  readonly groupId?: string;
  readonly step?: string;
  /** Continues after this wait. */
  readonly after?: { readonly since: number; readonly processId: string; readonly key: string };
  readonly limit: number;
}

/** A definition as all instances know it: of a document also what it says. */
export interface StoredDefinition {
  readonly name: string;
  readonly version: number;
  /** Two definitions with one fingerprint have the same graph. */
  readonly fingerprint: string;
  /** As JSON; null: it is code. */
  readonly document: string | null;
  /** Taken back: nothing is started with it, and what runs waits for its return. */
  readonly withdrawn: boolean;
  /** ms. */
  readonly updatedAt: number;
}
