import type { Duration, Schema } from '../values/types.js';
import type { ErrorPolicy, RetryPolicy } from './step-options.js';

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
   * The process completes as soon as this is true after a version: a key of the context, or a pure, quick function of it.
   * Default: when nothing is left to do.
   */
  readonly completeWhen?: (keyof C & string) | ((context: C) => boolean);
  /** For steps without their own. Default: the module's. */
  readonly defaults?: { readonly retry?: number | RetryPolicy; readonly timeout?: Duration; readonly onError?: ErrorPolicy };
  /** How long the whole process may take, waiting included. After that it fails. Default: no limit. */
  readonly within?: Duration;
  /** Your own settings, available in each step as `step.config`. Settings of the step override them. */
  readonly config?: Readonly<Record<string, unknown>>;
}
