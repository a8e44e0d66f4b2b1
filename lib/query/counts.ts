import { failureIn } from '../core/failure-text.js';
import type { ProcessStatus } from '../core/process.js';
import { COUNTED } from '../store/store-counts.js';
import type { QueryStore } from '../store/query-store.js';

/** How many processes are in one state. */
export interface ProcessCount {
  readonly workflow: string;
  readonly status: ProcessStatus;
  /** The step that has failed; null: none in particular. */
  readonly step: string | null;
  /** What it failed with, without ids and numbers; null: it has not failed. */
  readonly error: string | null;
  readonly count: number;
  /** There are more: they were not counted. */
  readonly isMore: boolean;
}

/** Failed processes are counted by step and error instead of by status. */
export async function processCounts(queries: QueryStore, upTo = COUNTED): Promise<ProcessCount[]> {
  const [statuses, failures] = await Promise.all([queries.statusCounts(upTo + 1), queries.failureCounts(upTo + 1)]);
  const others = statuses
    .filter(({ status }) => status !== 'failed')
    .map(({ count, ...of }) => ({ ...of, step: null, error: null, ...countedUpTo(count, upTo) }));
  const failed = failures.map(({ workflow, value, count }) => ({ workflow, status: 'failed' as const, ...failedIn(value), ...countedUpTo(count, upTo) }));
  return [...others, ...failed].sort(byWorkflowAndCount);
}

/** The step and the error of a search value. */
export function failedIn(value: string): { step: string | null; error: string } {
  const { step, error } = failureIn(value);
  return { step: step === '' ? null : step, error };
}

/** One more than the limit was counted, to see whether there are more. */
export function countedUpTo(count: number, upTo: number): { count: number; isMore: boolean } {
  return { count: Math.min(count, upTo), isMore: count > upTo };
}

function byWorkflowAndCount(a: ProcessCount, b: ProcessCount): number {
  if (a.workflow !== b.workflow) return a.workflow < b.workflow ? -1 : 1;
  return b.count - a.count;
}
