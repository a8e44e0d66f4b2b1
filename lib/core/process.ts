import type { Token } from './token.js';

/** A failed process is live: it keeps its group id until somebody retries, restarts or cancels it. */
export type LiveStatus = 'running' | 'waiting' | 'suspended' | 'failed';
/** Nothing of it runs or waits, and its group id is free. Only a restart brings it back. */
export type FinishedStatus = 'completed' | 'cancelled';
/** Where a process stands as a whole. It follows from its tokens; suspension and the two ends are decisions. */
export type ProcessStatus = LiveStatus | FinishedStatus;

/**
 * One run of a workflow, as the decisions see it: everything but its context.
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
  /** Step runs so far. Each visit to a step takes the next number. */
  readonly runs: number;
  /** The life it is in: a restart begins the next. It is the first part of the keys of its tokens. */
  readonly root: number;
  /** The worker that runs it; `UNCLAIMED` or `UNCLAIMED_NEW`: something can run and no worker has it; null: nothing in it can run. */
  readonly worker: string | null;
  /** Grows with every claim, and fences off the worker that held it before. */
  readonly claim: number;
  /** Tokens that run, may run, have failed or hold branches. Parked ones are waits, in rows of their own. */
  readonly tokens: readonly Token[];
  /** Why it failed, is suspended or was cancelled. */
  readonly cause: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly parent: ParentLink | null;
  readonly updatedAt: number;
}

/** How a child hangs on the process that started it. */
export interface ParentLink {
  /** The id of the parent. */
  readonly id: string;
  /** The parent waits for its end. */
  readonly awaited: boolean;
  /** The child is cancelled when its parent is cancelled, or no longer waits for it. */
  readonly tied: boolean;
}

/** Something in the process can run, and no worker has claimed it. Such a process has begun, and comes before new ones. */
export const UNCLAIMED = '';
/** The same, of a process that has not begun. No worker has such an id. */
export const UNCLAIMED_NEW = '-';

export function isUnclaimed(worker: string | null): boolean {
  return worker === UNCLAIMED || worker === UNCLAIMED_NEW;
}

/** Completed or cancelled. A failed process is live. */
export function isFinished(status: ProcessStatus): status is FinishedStatus {
  return status === 'completed' || status === 'cancelled';
}
