import type { Registry } from 'prom-client';
import { OPTION_KINDS, wrongOptions } from '../context/call-checks.js';
import { parseDuration } from '../values/duration.js';
import { InvalidWorkflowError } from '../values/errors.js';
import type { Duration } from '../values/types.js';

/** Options of the metrics. */
export interface WorkflowMetricsOptions {
  /** Where the metrics are registered. Default: the `register` of prom-client. */
  readonly registry?: Registry;
  /**
   * False: this instance tells nothing that is read from the database. The gauges are the same on every instance, so one that is asked is enough.
   * Default true.
   */
  readonly database?: boolean;
  /** How old the gauges of the database may be. Several scrapes within it share one look. Default 5 s. */
  readonly maxAge?: Duration;
  /** The buckets of `workflow_step_duration_seconds` and `workflow_task_queue_wait_seconds`, seconds. Default: from 5 ms to 5 minutes. */
  readonly buckets?: readonly number[];
  /** The buckets of `workflow_process_duration_seconds`, seconds. Default: from 1 s to 30 days. */
  readonly processBuckets?: readonly number[];
}

/** The options with their defaults. */
export interface MetricSettings {
  readonly registry: Registry | null;
  readonly database: boolean;
  readonly maxAgeMs: number;
  readonly buckets: number[];
  readonly processBuckets: number[];
}

const SHORT = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];
const LONG = [1, 10, 60, 600, 3600, 6 * 3600, 86_400, 7 * 86_400, 30 * 86_400];
const { object, flag, duration, list } = OPTION_KINDS;
const OPTIONS = { registry: object, database: flag, maxAge: duration, buckets: list, processBuckets: list };

/** @throws InvalidWorkflowError */
export function metricSettings(options: WorkflowMetricsOptions): MetricSettings {
  const problems = [
    ...wrongOptions(OPTIONS, options),
    ...bucketProblems('buckets', options.buckets),
    ...bucketProblems('processBuckets', options.processBuckets),
  ];
  if (problems.length > 0) throw new InvalidWorkflowError('the options of WorkflowMetricsModule', problems);
  const { registry = null, database = true, maxAge = 5000, buckets = SHORT, processBuckets = LONG } = options;
  return { registry, database, maxAgeMs: parseDuration(maxAge)!, buckets: [...buckets], processBuckets: [...processBuckets] };
}

function bucketProblems(name: string, buckets: unknown): string[] {
  if (!Array.isArray(buckets)) return [];
  const rises = buckets.every((bound, i) => Number.isFinite(bound) && bound > (i === 0 ? 0 : (buckets[i - 1] as number)));
  return rises && buckets.length > 0 ? [] : [`${name}: it must be numbers above 0 that rise, in seconds.`];
}
