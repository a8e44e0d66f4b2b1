import type { Class, Duration, EventName, QueueName, Schema, StepRef } from '../values.js';

/** A value computed from the context by a pure function, or the name of the context key that holds it. */
export type FromContext<T> = string | ((context: any, step: Pick<StepRef, 'processId' | 'groupId' | 'now'>) => T);

/** How a failed step is tried again. */
export interface RetryPolicy {
  /** Tries in all, the first one included: at least 1. */
  readonly attempts: number;
  /** Between two tries. Default: none. */
  readonly delay?: Duration;
  /** `'exponential'` doubles the delay each time. Default `'fixed'`. */
  readonly backoff?: 'fixed' | 'exponential';
  /** Default 1 day, or `delay` where that is longer. */
  readonly maxDelay?: Duration;
  /** Spreads the delays between a half and the whole, so that a crowd does not come back at once. Default false. */
  readonly jitter?: boolean;
  /** Errors that another try cannot help. */
  readonly unless?: readonly Class<Error>[];
}

/** What a step says about things that take long or go wrong. */
export interface StepPolicy {
  /** Run by a worker of this task queue instead of at once. With a `request` it is the asking that is queued. */
  readonly queue?: QueueName;
  /** Tries in all, or a policy. Default: the workflow's, then the module's, and there 1. */
  readonly retry?: number | RetryPolicy;
  /** How long one run of the body may take; then `step.signal` aborts and the attempt has failed. Default: the workflow's, then the module's. */
  readonly timeout?: Duration;
  /** How long a visit may take, waiting included; then the attempt has failed. Default: for ever. */
  readonly within?: Duration | FromContext<Duration | Date>;
  /** `false`: when it has failed for good it is skipped, and the process goes on. Default true. */
  readonly required?: boolean;
  /**
   * The body runs inside the database transaction that records its completion: what it writes through `step.manager` commits
   * with it or not at all. Keep it short. Default false.
   */
  readonly transactional?: boolean;
}

/** What a step waits for before it runs: nothing, or one of `request`, `on` and `after`. */
export interface StepGate {
  /** Before anything else: waits until this is true, looked at again after each version of the context. Pure and quick. */
  readonly when?: FromContext<boolean>;
  /** The method that asks; the step runs when the answer is here. */
  readonly request?: string;
  /** Validates the answer, and makes it an instance of this class. */
  readonly response?: Schema;
  /** An event whose key is the group id. */
  readonly on?: EventName;
  /** A delay, or a moment. With a `queue`: the task is delayed. */
  readonly after?: Duration | FromContext<Duration | Date>;
}

/** Where a step stands among the others. Left out: after the step written before it. */
export interface StepPlace {
  /** The step that follows; a list makes this a decision, whose body returns one of them. `'end'` ends. */
  readonly next?: string | readonly string[];
  /** The group of neighbours it runs with at the same time; the step after them waits for all. */
  readonly parallel?: string;
  /** Beside the flow: its event may come at any time, any number of times, and is never waited for. With `next` it ends the other branches. */
  readonly unsolicited?: boolean;
}

/** All that can be said of a step; none of it is required. */
export interface StepOptions extends StepPlace, StepGate, StepPolicy {}

/** Every option there is: what is not here is a misspelling. */
export const STEP_OPTIONS = [
  'next', 'parallel', 'unsolicited', 'when', 'request', 'response', 'on', 'after', 'queue', 'retry', 'timeout', 'within', 'required', 'transactional',
] as const satisfies readonly (keyof StepOptions)[]; // prettier-ignore
