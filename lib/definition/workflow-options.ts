import type { Duration, Schema } from '../values/types.js';
import type { ErrorPolicy, RetryPolicy } from './step-options.js';

/** What is said of a workflow as a whole. */
export interface WorkflowOptions<C = any> {
  /** Names the workflow for ever: processes, addresses and logs carry it. At most 100 characters. */
  readonly name: string;
  /** Default 1. A live process stays on the version it started with; several versions may stand side by side. */
  readonly version?: number;
  /**
   * The class of the context: its defaults, its types when it is read back (class-transformer), its rules at the start
   * (class-validator). Left out: a plain object, unchecked.
   */
  readonly context?: Schema<C>;
  /**
   * The process completes as soon as this is true after a version: a key of the context, or a pure, quick function of it.
   * Default: when nothing is left to do.
   */
  readonly completeWhen?: (keyof C & string) | ((context: C) => boolean);
  /** For steps that do not say. Default: the module's. */
  readonly defaults?: { readonly retry?: number | RetryPolicy; readonly timeout?: Duration; readonly onError?: ErrorPolicy };
  /** How long the whole process may take, waiting included; then it has failed. Default: for ever. */
  readonly within?: Duration;
  /** Settings of your own, found again in each `step.config`, under those of the step. */
  readonly config?: Readonly<Record<string, unknown>>;
}
