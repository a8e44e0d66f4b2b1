import type { ErrorPolicy, RetryPolicy } from '../definition/step-options.js';
import type { Duration } from '../values/types.js';

/** Options of this instance of the application as a worker. */
export interface WorkerOptions {
  /** False: this instance starts processes, sends messages and reads, and other instances run the steps. Default true. */
  readonly enabled?: boolean;
  /** How many processes this worker holds at once, and how many bodies it runs, without queued tasks. The rest waits in the database. Default 1000. */
  readonly concurrency?: number;
  /**
   * How many transactional steps run at once. Each takes a connection of the data source's pool while it runs; the others wait in order.
   * Default: half of the pool, so that the application keeps the other half.
   */
  readonly transactionalConcurrency?: number;
  /**
   * How long `start()` waits when this instance holds as many processes as it may, so that callers are no faster than the work. After
   * that, the process is started without being claimed. A call inside a step or a transaction never waits. 0: no wait. Default 1 s.
   */
  readonly maxStartDelay?: Duration;
  /** How long a shutdown waits for bodies that run. Default 10 s. */
  readonly shutdownTimeout?: Duration;
  /** How often the worker says that it lives. After a silence three times as long, others take over what it holds. Default 10 s. */
  readonly heartbeat?: Duration;
  /** How often the worker looks for work not announced to it: due times, work of instances that run nothing. Default 1 s. */
  readonly sweepInterval?: Duration;
}

/** Where the tables of workflows are, if not where the data source says. For the TypeORM store. */
export interface TableOptions {
  /**
   * The PostgreSQL schema of the tables. Default: the `schema` of the data source, else what the search path finds. Other databases have
   * no schemas: a SchemaError at boot. `schema: 'migrate'` makes it if it is not there.
   */
  readonly schema?: string;
  /**
   * What the names of the tables begin with, so that `workflow_process` becomes `billing_workflow_process`. Default: the `entityPrefix` of
   * the data source. `''`: none. Too long, or with a quote, a dot or a question mark: a SchemaError at boot.
   */
  readonly entityPrefix?: string;
}

/** Options that a factory may decide, because it runs when the application has its configuration. */
export interface WorkflowModuleOptions {
  readonly worker?: WorkerOptions;
  /** Defaults for workflows and steps that state no policy. Without it: one attempt, no time-out, and `onError: 'fail'`. */
  readonly defaults?: { readonly retry?: number | RetryPolicy; readonly timeout?: Duration; readonly onError?: ErrorPolicy };
  /**
   * `'check'` (default): a missing table is a boot error that names the command to run. `'migrate'`: makes the tables at boot;
   * several instances may boot at once. `'check'` does so too where the data source has `synchronize: true`. `'off'`: neither.
   */
  readonly schema?: 'check' | 'migrate' | 'off';
  /**
   * The schema and the prefix of the tables of workflows alone. Default: those of the data source. Instances with the same tables share
   * their processes; others do not see them.
   */
  readonly tables?: TableOptions;
  /** How long a message is kept that no process waits for yet. Default 1 day. */
  readonly keepUnmatched?: Duration;
  /** How much is kept of that at most. */
  readonly inbox?: InboxOptions;
  /** How messages that steps send are transmitted. */
  readonly outbox?: OutboxOptions;
}

/** How messages that steps send are transmitted. */
export interface OutboxOptions {
  /** After that, a message is parked until a person replays it. Default: 40 attempts, from 1 s to 5 minutes apart, more than an hour in all. */
  readonly retry?: number | RetryPolicy;
  /** How long one attempt may take. Default 10 s. */
  readonly timeout?: Duration;
}

/** Limits of what is kept for processes that do not wait yet. What is beyond is refused with an `InboxFullError` (429). */
export interface InboxOptions {
  /** Messages under one correlation id, or one key of an event. Default 1000. */
  readonly perAddress?: number;
  /** Responses for one workflow. Default 20,000. */
  readonly perWorkflow?: number;
  /** Responses and events. Default 100,000. */
  readonly total?: number;
  /** Their bodies as JSON. Default 256 MB. */
  readonly bytes?: number;
}

const OPTIONS = ['worker', 'defaults', 'schema', 'tables', 'keepUnmatched', 'inbox', 'outbox'];
const EXTRAS = ['store', 'taskQueue', 'workflows', 'contexts', 'clock', 'dataSource', 'isGlobal'];
const WORKER_OPTIONS = ['enabled', 'concurrency', 'transactionalConcurrency', 'maxStartDelay', 'shutdownTimeout', 'heartbeat', 'sweepInterval'];

const TABLE_OPTIONS = ['schema', 'entityPrefix'];

export const KNOWN_OPTIONS = { module: OPTIONS, extras: EXTRAS, worker: WORKER_OPTIONS, tables: TABLE_OPTIONS } as const;
