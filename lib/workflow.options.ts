import type { ModuleMetadata, Type } from '@nestjs/common';
import type { ErrorPolicy, RetryPolicy } from './decorators/step.options.js';
import type { WorkflowJson } from './definition/workflow-json.js';
import type { Clock } from './runtime/clock.js';
import type { TaskQueue } from './queue/task-queue.js';
import type { ProcessStore } from './store/process-store.js';
import type { Class, Duration } from './values.js';

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

/** An implementation of a port with what it needs, so that a module imports only what is used. */
export interface Adapter<Port> extends Pick<ModuleMetadata, 'imports' | 'providers'> {
  /** The provider to use: a class, or the token of one of `providers`. */
  readonly use: Type<Port> | symbol | string;
}

/** What shapes the module graph, and so cannot come from a factory. */
export interface WorkflowModuleExtras {
  /** Where processes live. Default: the TypeORM data source. */
  readonly store?: Adapter<ProcessStore<any>>;
  /** Default: task queues in that store, of any name. */
  readonly taskQueue?: Adapter<TaskQueue>;
  /**
   * Workflows that are data: objects, or paths of JSON files. Boot verifies them as it does classes. (An imported JSON file has
   * wider types than {@link WorkflowJson}, so any object is taken; `satisfies WorkflowJson` has one checked as it is written.)
   */
  readonly workflows?: readonly (WorkflowJson | object | string)[];
  /** The context classes those name. (A context is no provider, so nobody could find them.) */
  readonly contexts?: readonly Class[];
  /** Where the time comes from. Default: the database's time, measured at each heartbeat. */
  readonly clock?: Clock;
  /** The name of the TypeORM data source. Default: the default one. */
  readonly dataSource?: string;
  /** Default true: decorators need `WorkflowService` wherever they stand. */
  readonly isGlobal?: boolean;
}

/** For `useClass` and `useExisting`: a provider that makes the options. */
export interface WorkflowOptionsFactory {
  createWorkflowOptions(): WorkflowModuleOptions | Promise<WorkflowModuleOptions>;
}

/** Options by a factory: one of `useFactory`, `useClass` and `useExisting`. */
export interface WorkflowModuleAsyncOptions extends WorkflowModuleExtras, Pick<ModuleMetadata, 'imports'> {
  readonly inject?: any[];
  readonly useFactory?: (...args: any[]) => WorkflowModuleOptions | Promise<WorkflowModuleOptions>;
  readonly useClass?: Class<WorkflowOptionsFactory>;
  readonly useExisting?: Class<WorkflowOptionsFactory>;
}

/** The token of the options, for whoever builds on this module. */
export const WORKFLOW_OPTIONS = Symbol('WORKFLOW_OPTIONS');

const OPTIONS = ['worker', 'defaults', 'schema', 'keepUnmatched'];
const EXTRAS = ['store', 'taskQueue', 'workflows', 'contexts', 'clock', 'dataSource', 'isGlobal'];
const WORKER_OPTIONS = ['enabled', 'concurrency', 'shutdownTimeout', 'heartbeat', 'sweepInterval'];

export const KNOWN_OPTIONS = { module: OPTIONS, extras: EXTRAS, worker: WORKER_OPTIONS } as const;
