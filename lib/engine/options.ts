import type { ErrorPolicy, RetryPolicy } from '../definition/step-options.js';
import type { Duration } from '../values/types.js';

/** What this instance of the application does as a worker. */
export interface WorkerOptions {
  /** False: it starts, tells and reads processes, and other instances run them. Default true. */
  readonly enabled?: boolean;
  /** Bodies at once, queued tasks not counted. Default 1000. */
  readonly concurrency?: number;
  /** How long a shutdown waits for bodies that run. Default 10 s. */
  readonly shutdownTimeout?: Duration;
  /** How often it says that it lives. After three times this long without a word, others take over what it holds. Default 10 s. */
  readonly heartbeat?: Duration;
  /** How often it looks for what nobody told it: moments that have come, work of instances that run nothing. Default 1 s. */
  readonly sweepInterval?: Duration;
}

/** What a factory may decide, as it runs once the application has its configuration. */
export interface WorkflowModuleOptions {
  readonly worker?: WorkerOptions;
  /** For workflows and steps that do not say. Without it: one attempt, no time-out, and `onError: 'fail'`. */
  readonly defaults?: { readonly retry?: number | RetryPolicy; readonly timeout?: Duration; readonly onError?: ErrorPolicy };
  /**
   * `'check'` (default): a missing table is a boot error that names the command to run. `'migrate'`: makes the tables at boot;
   * several instances may boot at once. `'off'`: neither.
   */
  readonly schema?: 'check' | 'migrate' | 'off';
  /** How long a message is kept that nobody waits for yet. Default 1 day. */
  readonly keepUnmatched?: Duration;
}

const OPTIONS = ['worker', 'defaults', 'schema', 'keepUnmatched'];
const EXTRAS = ['store', 'taskQueue', 'workflows', 'contexts', 'clock', 'dataSource', 'isGlobal'];
const WORKER_OPTIONS = ['enabled', 'concurrency', 'shutdownTimeout', 'heartbeat', 'sweepInterval'];

export const KNOWN_OPTIONS = { module: OPTIONS, extras: EXTRAS, worker: WORKER_OPTIONS } as const;
