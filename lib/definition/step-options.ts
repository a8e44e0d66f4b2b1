import type { RequestResult, Class, Duration, EventName, StepInfo, QueueName, Schema, StepRef } from '../values/types.js';

/** A value computed from the context (and a {@link StepInfo} at the visit) by a pure function, or the name of the context key that holds it. */
export type FromContext<T> = string | ((context: any, step: StepInfo) => T);

/* -------------------------------------------------------- when it goes wrong ---- */

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

/**
 * What a step that has failed for good does to its process: `'fail'` keeps it for somebody to look at, `'suspend'` parks it,
 * `'cancel'` ends it, `'compensate'` undoes what was done, last first, and then ends it; or it goes on at the step named.
 */
export type ErrorPolicy = 'fail' | 'suspend' | 'cancel' | 'compensate' | { readonly next: string };

/** A reminder: what to do when a step takes long. The step goes on. */
export interface OverdueOptions {
  /** From the beginning of the visit, or a moment. */
  readonly after: Duration | FromContext<Duration | Date>;
  /** The method to call, once in a visit: `(context, step)`. */
  readonly do: string;
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
  /** When it has failed for good. Default: the workflow's, then the module's, and there `'fail'`. */
  readonly onError?: ErrorPolicy;
  /** Calls a method once if the step is not finished by then; the step goes on. */
  readonly overdue?: OverdueOptions;
  /** Settings of your own, found again in `step.config`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * The body runs inside the database transaction that records its completion: what it writes through `step.manager` commits
   * with it or not at all. Keep it short. Default false.
   */
  readonly transactional?: boolean;
}

/* -------------------------------------------------------- what it waits for ---- */

/** Which events a step waits for, where the name alone does not say. */
export interface EventOptions {
  readonly event: EventName;
  /** Which of these events is ours: the value of a context key, or of a function. Default: the group id. Read when the step begins to wait. */
  readonly key?: FromContext<string>;
  /** Takes events published since then, as far as they are still kept. Default: those published since the process started. */
  readonly since?: FromContext<Date>;
  /** Of several processes that wait, one gets the event. Default false: each gets it. */
  readonly matchOne?: boolean;
}

/** How a child process is started, and what becomes of it. */
export interface ChildOptions {
  /** Its class, or its name. */
  readonly workflow: Class | string;
  /** The method that gives the starting values: `(context, step)`. Default: it starts with none. */
  readonly with?: string;
  /** Started, not waited for: the body runs at once, with the child's first context. Default false. */
  readonly detached?: boolean;
  /** What cancelling the parent does to it. Default `'cancel'`; of a detached child `'leave'`. */
  readonly onParentCancel?: 'cancel' | 'leave';
}

/**
 * What a step waits for before it runs: nothing, or one of `input`, `request`, `on`, `after` and `child`. What comes is handed
 * to the body between the context and the step.
 */
export interface StepGate {
  /** Before anything else: waits until this is true, looked at again after each version of the context. Pure and quick. */
  readonly when?: FromContext<boolean>;
  /** Data somebody owes, brought by `provideInput`. It is validated by this class or schema, and handed on as an instance of it. */
  readonly input?: Schema;
  /** The method that asks; the step runs when the answer is here. */
  readonly request?: string;
  /** Validates the answer, and makes it an instance of this class. */
  readonly response?: Schema;
  /** An event, by name where its key is the group id. */
  readonly on?: EventName | EventOptions;
  /** A delay, or a moment. With a `queue`: the task is delayed. */
  readonly after?: Duration | FromContext<Duration | Date>;
  /** A child process: it is started, and the step runs when it has completed, with its last context. */
  readonly child?: Class | string | ChildOptions;
}

/* --------------------------------------------------------- where it stands ---- */

/** The group of neighbours a step runs with. Each member says the same. */
export type ParallelOptions =
  /** `join: 'all'`, the default: the step after the group waits for all of it. */
  | { readonly group: string; readonly join?: 'all'; readonly losers?: never }
  /** `join: 'any'`: the first to complete leads on. The losers are cancelled (default), or finish what they are at, and count no more. */
  | { readonly group: string; readonly join: 'any'; readonly losers?: 'cancel' | 'finish' };

/** Where a step stands among the others. Left out: after the step written before it. */
export interface StepPlace {
  /** The step that follows; a list makes this a decision, whose body returns one of them. `'end'` ends. */
  readonly next?: string | readonly string[];
  /** The group of neighbours it runs with at the same time; the step after them waits for all, or as {@link ParallelOptions} say. */
  readonly parallel?: string | ParallelOptions;
  /** Starts with the process and not after the step before it. A step after it that is not independent waits for it, as for all before. Default false. */
  readonly independent?: boolean;
  /** Beside the flow: its event or input may come at any time, any number of times, and is never waited for. With `next` it ends the other branches. */
  readonly unsolicited?: boolean;
  /** Skipped unless this is true when its turn comes. (`when` waits.) */
  readonly if?: FromContext<boolean>;
  /** Runs again as long as this is true, looked at before each pass: perhaps never. */
  readonly while?: FromContext<boolean>;
  /** Runs once for each item, at the same time; the step after it waits for all. The item is `step.item`. */
  readonly forEach?: FromContext<readonly unknown[]>;
  /** With `forEach`: at most so many items at once, from 1. Default: all. */
  readonly concurrency?: number;
  /** Steps of one stage are shown, timed and counted together. */
  readonly stage?: string;
}

/** All that can be said of a step; none of it is required. */
export interface StepOptions extends StepPlace, StepGate, StepPolicy {
  /** Of a step class only. Default: the name of the class. At most 100 characters. */
  readonly name?: string;
  /** The method that undoes the step: `(context, step)`. (A step class just has a method `compensate`.) */
  readonly compensate?: string;
}

/**
 * A step that is a provider of its own, for any number of workflows: `@Step()` on the class. Its members are found by their
 * names, and what it waited for is `step.message`.
 */
export interface StepClass<C = any, R = any, Item = any> {
  run(context: C, step: StepRef<any, Item>): R;
  /** Asks, as the method named by `request` does: its being there makes the step wait for an answer. */
  request?(context: C, step: StepRef<any, Item>): RequestResult | Promise<RequestResult>;
  /** Undoes what `run` did. */
  compensate?(context: C, step: StepRef<any, Item>): unknown;
}

/* ------------------------------------------------------ every option there is ---- */

/** `never`, unless the list has every name of the type: an option that is not listed here would be taken for a misspelling. */
type Complete<T, Names extends readonly PropertyKey[]> = [KeysOf<T>] extends [Names[number]] ? Names : never;
type KeysOf<T> = T extends unknown ? keyof T : never;

function all<T>() {
  return <const Names extends readonly KeysOf<T>[]>(...names: Names & Complete<T, Names>): Names => names;
}

/** Every option there is: what is not here is a misspelling. So are the lists below, for options inside options. */
export const STEP_OPTIONS = all<StepOptions>()(
  'name', 'next', 'parallel', 'independent', 'unsolicited', 'if', 'while', 'forEach', 'concurrency', 'stage',
  'when', 'input', 'request', 'response', 'on', 'after', 'child',
  'queue', 'retry', 'timeout', 'within', 'required', 'onError', 'overdue', 'config', 'transactional', 'compensate',
); // prettier-ignore
export const EVENT_OPTIONS = all<EventOptions>()('event', 'key', 'since', 'matchOne');
export const CHILD_OPTIONS = all<ChildOptions>()('workflow', 'with', 'detached', 'onParentCancel');
export const PARALLEL_OPTIONS = all<ParallelOptions>()('group', 'join', 'losers');
export const OVERDUE_OPTIONS = all<OverdueOptions>()('after', 'do');
export const RETRY_OPTIONS = all<RetryPolicy>()('attempts', 'delay', 'backoff', 'maxDelay', 'jitter', 'unless');
