import type { Duration, Schema, SenderRef } from '../values/types.js';
import type { KeysHolding } from './workflow-types.js';
import type { ErrorPolicy, RetryPolicy, StepPlace, StepPolicy } from './step-options.js';

/**
 * A stage of a class or a document: the limits of all its steps together, and its place among the steps. The steps name it by their
 * option `stage`, and stand together. (The builder says the same with `stage(name, body, policy)`.)
 */
export interface StageOptions extends Pick<StepPolicy, 'within' | 'required' | 'onError' | 'overdue'> {
  /** The group of neighbouring stages and steps that run in parallel. Not in a digraph. */
  readonly parallel?: StepPlace['parallel'];
  /** Runs the stage once for each item, in parallel: so many copies as there are data. */
  readonly forEach?: StepPlace['forEach'];
  /** With `forEach`: how many items run at once, at least 1. Default: all. */
  readonly concurrency?: number;
  /** Skips the stage unless this is true when its turn comes. */
  readonly if?: StepPlace['if'];
  /** Repeats the stage as long as this is true. Checked before each pass. */
  readonly while?: StepPlace['while'];
}

/** Where the updates of processes are sent. */
export interface UpdateOptions {
  /** The injection token of the client that transmits them, as for `step.send`. */
  readonly to: SenderRef;
  /** The event pattern, the name of the job, the routing key, the URL. */
  readonly pattern: string | object;
  /** Each update holds the values of the context that have changed (`changes`). Default false. */
  readonly context?: boolean;
}

/** How long finished processes are kept, by how they finished: a duration, or `'forever'`. Left out: what the module says, else for ever. */
export interface KeepOptions {
  /** From the moment a process has completed. */
  readonly completed?: Duration | 'forever';
  /** From the moment it was cancelled. */
  readonly cancelled?: Duration | 'forever';
}

/** What the module keeps, and how long. */
export interface ModuleKeepOptions extends KeepOptions {
  /** Bulk runs, with what they have done to each process, from the moment they ended. Default: for ever. */
  readonly bulkRuns?: Duration | 'forever';
  /** Pauses, from the moment they ended. Default: for ever. */
  readonly pauses?: Duration | 'forever';
}

/** The options of a workflow. */
export interface WorkflowOptions<C = any> {
  /** The permanent name of the workflow: processes, addresses and logs contain it. At most 100 characters. */
  readonly name: string;
  /** Default 1. A live process keeps its version unless it is migrated. Several versions may exist side by side. */
  readonly version?: number;
  /**
   * The class of the context: gives defaults, restores types when values are read back (class-transformer), and checks rules at the
   * start (class-validator). Default: a plain object, unchecked.
   */
  readonly context?: Schema<C>;
  /**
   * The process completes as soon as this is true after a version: a key of the context with a boolean, or a pure, quick function of it.
   * Default: when nothing is left to do.
   */
  readonly completeWhen?: KeysHolding<C, boolean> | ((context: C) => boolean);
  /** For steps without their own. Default: the module's. */
  readonly defaults?: { readonly retry?: number | RetryPolicy; readonly timeout?: Duration; readonly onError?: ErrorPolicy };
  /** How long the whole process may take, waiting included. After that it fails. Default: no limit. */
  readonly within?: Duration;
  /** Limits and places of stages, by the name that their steps say. A stage that is not listed is only a label. */
  readonly stages?: Readonly<Record<string, StageOptions>>;
  /**
   * Deletes a process with all its rows as soon as it has completed: nothing can be read of it any more. Messages in the outbox stay until they are transmitted. Read the outcome in its last
   * step. A child that its parent waits for is deleted once the parent has finished. Default false: it is kept.
   */
  readonly deleteOnCompletion?: boolean;
  /**
   * Deletes finished processes with all their rows when they have been kept for that long, such as `{ completed: '30 days', cancelled: '7 days' }`.
   * Every instance does so, a little at a time. A failed process has not finished. Messages of theirs that are parked in the outbox are
   * deleted too; others stay until they are transmitted. A child that its parent waits for stays at least as long as its parent is live.
   * Default: the module's `keep`; without it they are kept.
   */
  readonly keep?: KeepOptions;
  /**
   * Sends a message for each change of a process, through the outbox: `{ update, processId, workflow, status, contextVersion, at, records }`,
   * with its audit records. `update` grows with each; a number that was seen before is a repetition.
   */
  readonly updates?: UpdateOptions;
  /**
   * Keys of the context by whose values processes are found, beside those that the class marks with {@link Searchable}: for a context
   * that is no class. At most 20.
   */
  readonly searchable?: readonly (keyof C & string)[];
  /** Your own settings, available in each step as `step.config`. Settings of the step override them. */
  readonly config?: Readonly<Record<string, unknown>>;
}
