import type { RequestResult, Class, Duration, EventName, StepInfo, QueueName, Schema, StepRef } from '../values/types.js';

/** A pure function that computes a value from the context and a {@link StepInfo}, or the name of the context key that holds it. */
export type FromContext<T> = string | ((context: any, step: StepInfo) => T);

/* -------------------------------------------------------- when it goes wrong ---- */

/** How a failed step is tried again. */
export interface RetryPolicy {
  /** The number of attempts, the first included. At least 1. */
  readonly attempts: number;
  /** The pause between two attempts. Default: none. */
  readonly delay?: Duration;
  /** `'exponential'` doubles the delay each time. Default `'fixed'`. */
  readonly backoff?: 'fixed' | 'exponential';
  /** The longest pause. Default: 1 day, or `delay` where that is longer. */
  readonly maxDelay?: Duration;
  /** Picks each pause at random from a half to the whole of it, so that many steps are not retried at once. Default false. */
  readonly jitter?: boolean;
  /** Errors after which no further attempt is made. */
  readonly unless?: readonly Class<Error>[];
}

/**
 * Decides about the process when a step has failed for good: `'fail'` keeps it for a person to look at, `'suspend'` parks it,
 * `'cancel'` ends it, `'compensate'` undoes what was done, last first, and then ends it. `{ next }` continues at that step.
 */
export type ErrorPolicy = 'fail' | 'suspend' | 'cancel' | 'compensate' | { readonly next: string };

/** How undoing a step is tried again, and how long it may take. */
export interface UndoPolicy {
  /**
   * The number of attempts, or a policy. Default: 36 attempts within about a day, the first again after a second, then after twice as long each
   * time, up to an hour. When none is left, the process has failed, and `retry` goes on.
   */
  readonly retry?: number | RetryPolicy;
  /** How long one run of the method may take. After that `step.signal` aborts and the attempt fails. Default: the `timeout` of the step. */
  readonly timeout?: Duration;
  /** With a `request`: how long its answer may take. After that the attempt fails, and the next one asks again. Default: no limit. */
  readonly within?: Duration;
}

/** How a step is undone. */
export interface CompensateOptions extends UndoPolicy {
  /** The method that undoes the step: `(context, step)`; with a `request`, `(context, answer, step)`. Default for a step class: `compensate`. */
  readonly do?: string;
  /** The method that asks for the undoing: `(context, step)`. The answer is for the method `do`; of a step class, where it is `step.message`, for `'<step>.<do>'`. */
  readonly request?: string;
  /** The class or Standard Schema of that answer. Default: it is taken as it comes. */
  readonly response?: Schema;
}

/** A reminder for a step that takes long. The step continues. */
export interface OverdueOptions {
  /** A duration from the start of the step run, or a date. */
  readonly after: Duration | FromContext<Duration | Date>;
  /** The method to call, once in a step run: `(context, step)`. */
  readonly do: string;
}

/** The options for steps that take long or fail. */
export interface StepPolicy {
  /** Runs the body on this task queue instead of at once. With a `request`, the request is queued instead. */
  readonly queue?: QueueName;
  /** The number of attempts, or a policy. Default: the workflow's, then the module's, then 1. */
  readonly retry?: number | RetryPolicy;
  /** How long one run of the body may take. After that `step.signal` aborts and the attempt fails. Default: the workflow's, then the module's. */
  readonly timeout?: Duration;
  /** How long each attempt may take, waiting included. After that the attempt fails. Default: no limit. */
  readonly within?: Duration | FromContext<Duration | Date>;
  /**
   * Asks again and again: a body that returns `false` (or `again()`) runs again after this pause, until it returns something else.
   * For a step that waits for nothing, or with `after` until its first turn.
   */
  readonly every?: Duration | FromContext<Duration>;
  /** With `every`: the step is complete then, whatever its body said. A duration from the start of the step run, or a date. Default: never. */
  readonly completeBy?: Duration | FromContext<Duration | Date>;
  /** `false`: a step that has failed for good is skipped, and the process continues. Default true. */
  readonly required?: boolean;
  /** The rule for when the step has failed for good. Default: the workflow's, then the module's, then `'fail'`. */
  readonly onError?: ErrorPolicy;
  /** Calls a method once if the step is not finished by then. The step continues. */
  readonly overdue?: OverdueOptions;
  /** Your own settings, available as `step.config`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * The body runs inside the database transaction that records its completion: what it writes through `step.manager` commits
   * with it or not at all. So does what undoes it. Keep it short. Default false.
   */
  readonly transactional?: boolean;
}

/* -------------------------------------------------------- what it waits for ---- */

/** Selects the events that a step waits for, where the name alone is not enough. */
export interface EventOptions {
  readonly event: EventName;
  /**
   * The key of the events: the value of a context key, or of a function. With a name, `{ orderId: 'order' }`, only events emitted under
   * that name match. When the value changes, the step waits under the new one at once. Default: the group id.
   */
  readonly key?: FromContext<string> | Readonly<Record<string, FromContext<string>>>;
  /** Takes events published since this date, if they are still stored. Default: those published since the process started. */
  readonly since?: FromContext<Date>;
  /** Only one of several waiting processes gets the event. Default false: each gets it. */
  readonly matchOne?: boolean;
  /** An event that comes before the flow is here skips the unfinished steps before this one, and runs it. Default false: it is kept. */
  readonly skipAhead?: boolean;
  /** An event that comes after the step is done runs it once more, beside the flow: its patch is merged. Default false. */
  readonly reprocess?: boolean;
}

/** The options of a child process. */
export interface ChildOptions {
  /** The class of the workflow, or its name. */
  readonly workflow: Class | string;
  /** The method that gives the starting values: `(context, step)`. Default: it starts with none. */
  readonly with?: string;
  /** The child is started and not waited for: the body runs at once, with the child's first context. Default false. */
  readonly detached?: boolean;
  /** Whether cancelling the parent cancels the child too. Default `'cancel'`; for a detached child `'leave'`. */
  readonly onParentCancel?: 'cancel' | 'leave';
}

/**
 * The waiting of a step before it runs: for nothing, or for one of `input`, `request`, `on`, `after` and `child`. The body gets what came
 * between the context and the step.
 */
export interface StepGate {
  /** Waits until this is true, before anything else. Checked again after each version of the context. Must be pure and quick. */
  readonly when?: FromContext<boolean>;
  /** Waits for data that `provideInput` brings. They are validated by this class or schema, and handed on as an instance of it. */
  readonly input?: Schema;
  /** The method that asks. The step runs when the response has arrived. */
  readonly request?: string;
  /** Validates the response, and makes it an instance of this class. */
  readonly response?: Schema;
  /** Waits for an event. A plain name means that its key is the group id. */
  readonly on?: EventName | EventOptions;
  /** Waits for a delay, or until a date. With a `queue`: the task is delayed. */
  readonly after?: Duration | FromContext<Duration | Date>;
  /** Starts a child process. The step runs when the child has completed, with the last context of the child. */
  readonly child?: Class | string | ChildOptions;
}

/* --------------------------------------------------------- where it stands ---- */

/** The group of neighbouring steps that run in parallel. Each member must say the same. */
export type ParallelOptions =
  /** `join: 'all'`, the default: the step after the group waits for all of it. */
  | { readonly group: string; readonly join?: 'all'; readonly losers?: never }
  /** `join: 'any'`: the first to complete continues the flow. The losers are cancelled (default), or finish their running step, which no longer counts. */
  | { readonly group: string; readonly join: 'any'; readonly losers?: 'cancel' | 'finish' };

/** The place of a step among the others. Default: after the step written before it. */
export interface StepPlace {
  /** The step that follows. A list makes this a decision, whose body returns one of them. `'end'` ends. */
  readonly next?: string | readonly string[];
  /** The group of neighbouring steps that run in parallel. The step after them waits for all, or as {@link ParallelOptions} say. */
  readonly parallel?: string | ParallelOptions;
  /** Starts when the process starts. Later non-independent steps still wait for it. Default false. */
  readonly independent?: boolean;
  /** Stands beside the flow: its event or input may come at any time, and is never waited for. With `next` it ends the other branches. */
  readonly unsolicited?: boolean;
  /** Skips the step unless this is true when its turn comes. (`when` waits.) */
  readonly if?: FromContext<boolean>;
  /** Repeats the step as long as this is true. Checked before each pass, so the step may never run. */
  readonly while?: FromContext<boolean>;
  /** Runs the step once for each item of a list, in parallel. The next step waits for all. The item is `step.item`. */
  readonly forEach?: FromContext<readonly unknown[]>;
  /** With `forEach`: how many items run at once, at least 1. Default: all. */
  readonly concurrency?: number;
  /** Steps of one stage are shown, timed and counted together. */
  readonly stage?: string;
}

/** All options of a step. None is required. */
export interface StepOptions extends StepPlace, StepGate, StepPolicy {
  /** For a step class only. Default: the name of the class. At most 100 characters. */
  readonly name?: string;
  /**
   * The method that undoes the step: `(context, step)`; with options where it is tried again in another way. (A step class just has a method
   * `compensate`.) With a `request` or a `child` it is called as soon as that was made, and `step.reached` says how far the step had come.
   */
  readonly compensate?: string | CompensateOptions;
}

/**
 * A step that is a provider of its own, for any number of workflows: `@Step()` on the class. Its methods are found by their
 * names. `step.message` holds what the step waited for.
 */
export interface StepClass<C = any, R = any, Item = any> {
  run(context: C, step: StepRef<any, Item>): R;
  /** Asks, as the method named by `request` does. A step class that has this method waits for a response. */
  request?(context: C, step: StepRef<any, Item>): RequestResult | Promise<RequestResult>;
  /** Undoes what `run` or `request` did. */
  compensate?(context: C, step: StepRef<any, Item>): unknown;
}
