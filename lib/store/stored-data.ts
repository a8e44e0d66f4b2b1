/** What stores take and return when data leaves, or is searched. */
import type { ProcessState } from '../core/process.js';

/** A finished process as it was read. It is deleted only if its revision is still the same. */
export type FinishedProcess = Pick<ProcessState, 'id' | 'workflow' | 'workflowVersion' | 'status' | 'revision' | 'parent' | 'finishedAt'>;

/** The messages of the outbox that are deleted with their process: none, those that are parked, or all. */
export type DeletedOutgoing = 'none' | 'parked' | 'all';

/** A part of all processes whose versions are searched: so many after this id (`''`: from the first), of one workflow or of all. */
export interface ContextSearch {
  readonly after: string;
  readonly limit: number;
  readonly workflow?: string;
}

/** How much is stored of the processes of a workflow. */
export interface StoredSize {
  readonly workflow: string;
  readonly live: number;
  readonly finished: number;
  readonly versions: number;
  readonly records: number;
}
