import { OPTION_KINDS, type OptionChecks } from '../context/call-checks.js';
import type { ErrorPolicy, RetryPolicy } from '../definition/step-options.js';
import type { ModuleKeepOptions } from '../definition/workflow-options.js';
import type { ProcessArchive } from '../query/process-archive.js';
import type { Duration } from '../values/types.js';
import type { DocumentRequest } from '../workflows/definition-guard.js';

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
  /**
   * For a database of development: a changed graph asks for nothing. The live processes that began under the graph that this version had before are
   * cancelled at boot, and a line in the log says how many. A boot error where `NODE_ENV` is `production`. Default false: boot refuses.
   */
  readonly development?: boolean;
  /** How long a message is kept that no process waits for yet. Default 1 day. */
  readonly keepUnmatched?: Duration;
  /**
   * How long finished processes are kept, of workflows that do not say so themselves, such as `{ completed: '90 days' }`; and how long bulk runs and
   * pauses that have ended are kept. Boot logs a line that says what is deleted when. Default: for ever.
   */
  readonly keep?: ModuleKeepOptions;
  /**
   * Keeps finished processes before `keep` or `deleteOnCompletion` deletes them, such as `ndjsonArchive('./archive')`. What could not be
   * archived is not deleted. Default: they are deleted without.
   */
  readonly archive?: ProcessArchive;
  /** How much is kept of that at most. */
  readonly inbox?: InboxOptions;
  /** How messages that steps send are transmitted. */
  readonly outbox?: OutboxOptions;
  /** Who may define workflows that are data, and how large they may be. */
  readonly documents?: DocumentOptions;
  /** How much one process may hold. */
  readonly limits?: LimitOptions;
  /**
   * Takes secrets out of a text before it is stored or printed: errors with their stacks, lines of logs, notes, reasons and causes. It is
   * called often, and must answer at once. If it throws, or gives no text, the text is withheld. Default: texts are kept as they are.
   */
  readonly redact?: (text: string) => string;
}

/** Limits of one process. What is stored at once, such as a patch, a message or the items of a `forEach`, has at most 1 MB as JSON. */
export interface LimitOptions {
  /** All values of a context as JSON, in bytes. A step whose patch leads beyond fails, with a `ValueTooLargeError`. Default 4 MB (4,194,304). */
  readonly context?: number;
  /** Notes of one attempt, each of at most 2000 characters. The rest is counted, and left out. Default 200. */
  readonly notes?: number;
  /** Lines kept of the log of one attempt, each of at most 2000 characters. The rest is counted, and left out. Default 200. */
  readonly logLines?: number;
  /** Items of one `forEach`. A longer list fails the step, and says so. Default 50,000. */
  readonly items?: number;
  /** Children inside one another. The step that asks for one more fails, so that a workflow that starts itself comes to an end. Default 50. */
  readonly generations?: number;
}

/** Workflows that are data are input: who can define one decides what is run, when, and with whose data. */
export interface DocumentOptions {
  /**
   * Whether `define`, `withdraw` and a `start` with a new document may go on. If not, they throw a `NotAllowedError` (403). Not asked about
   * the module's own `workflows`, nor about documents that other instances have defined. Default: all may.
   */
  readonly mayDefine?: (request: DocumentRequest) => boolean | Promise<boolean>;
  /** A document as JSON. Default 64 kB (65,536). What is beyond this or a limit below is an `InvalidWorkflowError` (400; 500 at boot). */
  readonly bytes?: number;
  /** Its steps. Default 200. */
  readonly steps?: number;
  /** Objects and lists inside one another. Default 50. */
  readonly depth?: number;
  /**
   * How many single checks one value may take, as its JSON Schema has them. Beyond that the value is refused with an `InvalidInputError`.
   * Default 200,000, which takes about 100 ms.
   */
  readonly checks?: number;
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

const { text, flag, method, list, object, elsewhere } = OPTION_KINDS;

const OPTIONS = {
  worker: object,
  defaults: elsewhere,
  schema: elsewhere,
  tables: object,
  keepUnmatched: elsewhere,
  keep: elsewhere,
  archive: object,
  inbox: object,
  outbox: object,
  documents: object,
  limits: object,
  redact: method,
  development: flag,
} satisfies OptionChecks;
const EXTRAS = {
  store: object,
  taskQueue: object,
  workflows: list,
  contexts: list,
  clock: object,
  dataSource: text(255),
  isGlobal: flag,
} satisfies OptionChecks;
/** Of `forRootAsync`. */
const FACTORY = { imports: list, inject: list, useFactory: method, useClass: method, useExisting: elsewhere } satisfies OptionChecks;
const WORKER_OPTIONS = {
  enabled: flag,
  concurrency: elsewhere,
  transactionalConcurrency: elsewhere,
  maxStartDelay: elsewhere,
  shutdownTimeout: elsewhere,
  heartbeat: elsewhere,
  sweepInterval: elsewhere,
} satisfies OptionChecks;

const TABLE_OPTIONS = { schema: elsewhere, entityPrefix: elsewhere } satisfies OptionChecks;

/** The options there are, with the kinds of their values; `elsewhere` are those that `settingsOf` checks itself. */
export const KNOWN_OPTIONS = { module: OPTIONS, extras: EXTRAS, factory: FACTORY, worker: WORKER_OPTIONS, tables: TABLE_OPTIONS } as const;
