/** What goes over the port of the stores, beside processes themselves. */
import type { AuditType, Change, MessageState, RecordDraft } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
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

/** A workflow of any version, or of these. */
export type Known = string | { readonly workflow: string; readonly versions: readonly number[] };

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
  readonly kind: WaitState['kind'];
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

/** A committed audit record, as it streams out. */
export interface CommittedRecord extends RecordDraft {
  readonly processId: string;
  readonly type: AuditType;
}
