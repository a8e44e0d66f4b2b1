import type { ErrorPolicy, RetryPolicy } from '../definition/step-options.js';
import type { Duration } from '../values/types.js';

/** What this instance of the application does as a worker. */
export interface WorkerOptions {
  /** False: it starts, tells and reads processes, and other instances run them. Default true. */
  readonly enabled?: boolean;
  /** Processes that it holds at once, and bodies, queued tasks not counted. What is beyond waits in the database. Default 1000. */
  readonly concurrency?: number;
  /**
   * Transactional steps at once. Each takes a connection of the data source's pool while it runs, and the others wait in order. Default:
   * half of the pool, so that the application keeps the other half.
   */
  readonly transactionalConcurrency?: number;
  /**
   * How long `start()` waits where this instance holds as many processes as it may, so that a caller is no faster than the work. After
   * that the process is started without being taken. Never inside a step or a transaction. 0: it does not wait. Default 1 s.
   */
  readonly maxStartDelay?: Duration;
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
const WORKER_OPTIONS = ['enabled', 'concurrency', 'transactionalConcurrency', 'maxStartDelay', 'shutdownTimeout', 'heartbeat', 'sweepInterval'];

export const KNOWN_OPTIONS = { module: OPTIONS, extras: EXTRAS, worker: WORKER_OPTIONS } as const;
