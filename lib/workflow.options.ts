import type { ModuleMetadata } from '@nestjs/common';
import type { Documents } from './workflows/boot.js';
import type { Clock } from './values/clock.js';
import type { TaskQueue } from './queue/task-queue.js';
import type { ProcessStore } from './store/process-store.js';
import type { WorkflowModuleOptions } from './engine/options.js';
import type { Adapter } from './values/adapter.js';
import type { Class } from './values/types.js';

/** Options that shape the module graph, and so cannot come from a factory. */
export interface WorkflowModuleExtras extends Documents {
  /** Where processes are stored. Default: the TypeORM data source. */
  readonly store?: Adapter<ProcessStore<any>>;
  /** Default: task queues in that store, of any name. */
  readonly taskQueue?: Adapter<TaskQueue>;
  /** Where the time comes from. Default: the database's time, measured at each heartbeat. */
  readonly clock?: Clock;
  /** The name of the TypeORM data source. Default: the default one. */
  readonly dataSource?: string;
  /** Default true, because decorators need `WorkflowService` in every module that uses them. */
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

/** The injection token of the options, for modules that build on this one. */
export const WORKFLOW_OPTIONS = Symbol('WORKFLOW_OPTIONS');
