/** The types that stores take and return, beside processes themselves. */
import type { Change, MessageState } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';

/** The rows of a process that a decision needs. */
export interface ProcessRequest {
  readonly id: string;
  /** The keys of the waits to read. */
  readonly waits: readonly string[];
  /** The ids of the messages to read, to recognise known ones. */
  readonly messages: readonly string[];
  /** Reads the newest values too, for a body or a condition. */
  readonly context: boolean;
}

export interface Loaded {
  readonly process: ProcessState;
  readonly waits: readonly WaitState[];
  readonly messages: readonly MessageState[];
  /** The newest values, if they were requested. */
  readonly context: JsonObject | null;
}

/**
 * A change that was not applied. `stale`: the stored revision differs. `exists`: its id is taken, or a live process has its group
 * id. `refused`: the database does not accept its data, and `error` says why.
 */
export interface Rejection {
  readonly change: Change;
  readonly reason: 'stale' | 'exists' | 'refused';
  readonly error?: unknown;
}

/** A wait and its place. `closed`: the process no longer waits. */
export interface WaitAt {
  readonly processId: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly key: string;
  readonly run: number;
  readonly attempt: number;
  readonly step: string;
  readonly address: string;
  readonly closed: boolean;
}

/** A stored message, and a wait that it matches. */
export interface Match {
  readonly message: MessageState;
  readonly wait: WaitAt;
}

/** A queued task and its place. */
export interface TaskAt {
  readonly processId: string;
  readonly key: string;
  readonly run: number;
  readonly queue: string;
  /** ms. */
  readonly readyAt: number;
  /** How often the task was claimed. Grows with each claim, so that results of earlier claims are refused. */
  readonly claim: number;
}

/** A workflow, in the versions that the application knows. `except`: ids of processes that it could not read, which are left out. */
export interface KnownWorkflow {
  readonly workflow: string;
  readonly versions: readonly number[];
  readonly except?: readonly string[];
}

/** The worker that claims tasks, the time, the workflows that it knows, and the rate of the queue. */
export interface ClaimBy {
  readonly worker: string;
  readonly now: number;
  readonly workflows: readonly KnownWorkflow[];
  readonly rate?: Rate;
}

/** A wait that is due. */
export interface DueWait {
  readonly processId: string;
  readonly key: string;
  readonly run: number;
}

/** The work that a worker has claimed. */
export interface HeldWork {
  readonly processes: readonly { readonly id: string; readonly revision: number }[];
  readonly tasks: readonly TaskAt[];
}

/** The kinds of work that a sweep has to look for. The work may belong to workflows that are not known here. */
export interface WorkThere {
  /** There are waits that are due. */
  readonly due: boolean;
  /** There are processes that no worker has claimed. */
  readonly free: boolean;
  /** There are ready tasks of these queues. */
  readonly ready: boolean;
  /** There are messages that were scheduled for a moment that has come. */
  readonly scheduled: boolean;
  /** There are messages of the outbox that may be transmitted. */
  readonly untransmitted: boolean;
  /** The time of the store, ms. */
  readonly now: number;
  /** The time of the last change of a definition, ms. 0: there is none. */
  readonly definedAt: number;
  /** The time of the last change of a pause, ms. 0: there is none. */
  readonly pausedAt: number;
  /** A bulk run goes on. */
  readonly bulk: boolean;
}

/** A worker that no longer sends a heartbeat. */
export interface SilentWorker {
  readonly id: string;
  /** The worker was shut down and said so: nothing has crashed. */
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

/** The tasks of a queue. */
export interface QueueCount {
  readonly queue: string;
  /** Tasks that wait for a worker, or for their moment. */
  readonly waiting: number;
  /** Tasks that a worker has taken. */
  readonly taken: number;
  /** When the first of those that wait may run, ms. Null: none waits. */
  readonly readyAt: number | null;
}

/** A worker that has not shut down, and how much it holds. */
export interface WorkerCount {
  readonly id: string;
  /** Its last heartbeat, in the time of the store, ms. */
  readonly seenAt: number;
  readonly processes: number;
  readonly tasks: number;
}

/** Selects audit records of a process. */
export interface RecordPage {
  /** Continues after the record with this sequence. 0: from the first. */
  readonly after: number;
  readonly limit: number;
}

export type { ContextSearch, DeletedOutgoing, FinishedProcess, StoredSize } from './stored-data.js';
export type { FailedSending, OutboxClaim, OutboxQuery } from './outbox-store.js';
export type { FailureCount, StatusAt, StatusCount, TroubleCount } from './store-counts.js';
export type { BulkQuery, PauseQuery, StoredBulk, StoredBulkItem, StoredPause, WorkerReport } from './operating-store.js';
export type { QueueGauge, StoreGauges } from './store-gauges.js';
export type { MessageQuery, ProcessPlace, ProcessQuery, ProcessSort, WaitQuery } from './selections.js';

export interface Rate {
  readonly max: number;
  readonly perMs: number;
}

/** How many messages for one workflow no process has received yet. */
export interface InboxCount {
  /** Null: messages for no workflow in particular, such as events. */
  readonly workflow: string | null;
  readonly messages: number;
  /** The length of their bodies as JSON. */
  readonly size: number;
}

/** A definition that all instances share. A document is stored with it. */
export interface StoredDefinition {
  readonly name: string;
  readonly version: number;
  /** Two definitions with one fingerprint have the same graph. */
  readonly fingerprint: string;
  /** The document as JSON. Null: the workflow is code. */
  readonly document: string | null;
  /** No process starts with it, and its processes wait until it is defined again. */
  readonly withdrawn: boolean;
  /** ms. */
  readonly updatedAt: number;
}
