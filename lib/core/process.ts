import type { Token } from './token.js';

/** A failed process is live: it keeps its group id, and can be retried, restarted or cancelled. */
export type LiveStatus = 'running' | 'waiting' | 'suspended' | 'failed';
/** A finished process runs nothing and waits for nothing, and its group id is free. Only a restart brings it back. */
export type FinishedStatus = 'completed' | 'cancelled';
/** The status of a whole process. Suspended, completed and cancelled are decisions; the others follow from its tokens. */
export type ProcessStatus = LiveStatus | FinishedStatus;

/**
 * A process as the decisions see it: everything but its context.
 * `revision` counts its audit records and is the only guard of a commit.
 */
export interface ProcessState {
  readonly id: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly groupId: string;
  readonly status: ProcessStatus;
  readonly revision: number;
  readonly contextVersion: number;
  /** The version of the newest full snapshot of the context. */
  readonly snapshotVersion: number;
  /** The highest run number so far. Each visit to a node takes the next one. */
  readonly runs: number;
  /** The number of its current life: the first part of the keys of its tokens. A restart begins the next life. */
  readonly root: number;
  /** The worker that has claimed it; `UNCLAIMED` or `UNCLAIMED_NEW`: something can run and no worker has it; null: nothing in it can run. */
  readonly worker: string | null;
  /** Grows with every claim, so that outcomes of the worker that held the process before no longer count. */
  readonly claim: number;
  /** Tokens that run, may run, have failed or hold branches. Parked tokens are waits, in rows of their own. */
  readonly tokens: readonly Token[];
  /** Why it failed, is suspended or was cancelled. */
  readonly cause: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly parent: ParentLink | null;
  /** The correlation ids of its requests are derived from it. Null: the process was started before there were secrets. */
  readonly secret: string | null;
  readonly updatedAt: number;
}

/** Each property by name: V8 puts most properties of a spread outside of the object, and every decision makes a copy. */
export function copyOfProcess(from: ProcessState): ProcessState {
  return {
    id: from.id, workflow: from.workflow, workflowVersion: from.workflowVersion, groupId: from.groupId, status: from.status, revision: from.revision,
    contextVersion: from.contextVersion, snapshotVersion: from.snapshotVersion, runs: from.runs, root: from.root, worker: from.worker,
    claim: from.claim, tokens: from.tokens, cause: from.cause, startedAt: from.startedAt, finishedAt: from.finishedAt, parent: from.parent,
    secret: from.secret, updatedAt: from.updatedAt,
  }; // prettier-ignore
}

/**
 * Whether only that has changed which each step changes: the revision, the context version, the runs, the tokens and the time. Most
 * steps change nothing else, and a store need not write what stays as it is.
 */
export function isSteady(before: ProcessState, after: ProcessState): boolean {
  return (
    after.status === before.status && after.worker === before.worker && after.claim === before.claim && after.cause === before.cause &&
    after.snapshotVersion === before.snapshotVersion && after.root === before.root && after.workflowVersion === before.workflowVersion &&
    after.startedAt === before.startedAt && after.finishedAt === before.finishedAt
  ); // prettier-ignore
}

/** The link from a child to the process that started it. */
export interface ParentLink {
  /** The id of the parent. */
  readonly id: string;
  /** The parent waits for the end of the child. */
  readonly awaited: boolean;
  /** The child is cancelled when its parent is cancelled, or no longer waits for it. */
  readonly tied: boolean;
}

/** The `worker` of a process that has begun, can run, and is claimed by no worker. Such processes are claimed before new ones. */
export const UNCLAIMED = '';
/** The same for a process that has not begun. No worker has this id. */
export const UNCLAIMED_NEW = '-';

export function isUnclaimed(worker: string | null): boolean {
  return worker === UNCLAIMED || worker === UNCLAIMED_NEW;
}

/** The statuses of a process that has not finished. */
export const LIVE_STATUSES: readonly ProcessStatus[] = ['running', 'waiting', 'suspended', 'failed'];

export const FINISHED_STATUSES: readonly FinishedStatus[] = ['completed', 'cancelled'];

export const STATUSES: readonly ProcessStatus[] = [...LIVE_STATUSES, ...FINISHED_STATUSES];

/** Completed or cancelled. A failed process is live. */
export function isFinished(status: ProcessStatus): status is FinishedStatus {
  return status === 'completed' || status === 'cancelled';
}
