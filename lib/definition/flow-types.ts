/** The public types of the builder and the digraph. The builder itself is made at boot. */
import type { ErrorPolicy, StepClass, StepPolicy, UndoPolicy } from './step-options.js';
import type { StepName } from './workflow-types.js';
import type { Class, Duration, EventData, EventName, StepInfo, Outcome, StepRef } from '../values/types.js';

/** A step in a flow: `this.method`, or a step class. */
export type StepLike<Item = any> = Class<StepClass<any, any, Item>> | ((context: any, ...rest: any[]) => unknown);

type RunOf<S> = S extends Class<infer I> ? (I extends { run: infer R } ? R : never) : S;
type Seen<S> = RunOf<S> extends (context: infer C, ...rest: any[]) => unknown ? C : never;
type StepReturn<S> = RunOf<S> extends (...args: any[]) => infer R ? NothingAsUndefined<Exclude<Awaited<R>, Outcome>> : never;
/** A step that returns nothing gives `undefined`, so the type has to say so. */
type NothingAsUndefined<R> = R extends void ? undefined : R;
type BranchOf<S> = RunOf<S> extends (...args: any[]) => infer R
  ? Awaited<R> extends infer V ? (V extends { branch: infer B extends string } ? B : V extends string ? V : never) : never
  : never; // prettier-ignore

type Silent<S> = RunOf<S> extends (...args: any[]) => infer R ? (undefined extends Awaited<R> ? true : void extends Awaited<R> ? true : false) : false;

/** A conditional type, so that TypeScript knows `S` when it reads the branches. */
type DecisionBranches<S, C, Item> = S extends unknown
  ? Silent<S> extends true ? '✗ it can end without choosing a branch' : { readonly [K in BranchOf<S>]: Branch<C, Item> }
  : never; // prettier-ignore

/** Reads a value from the context, and from the {@link StepInfo} where needed. */
type From<C, Item, T> = (context: C, step: StepInfo<Item>) => T;
type ReadFromStep<C, Item, T> = (context: C, step: StepRef<any, Item>) => T;

/** Part of a flow: a step class, or a function that continues the builder. */
export type Branch<C, Item = undefined> = Class<StepClass<any, any, Item>> | ((flow: Flow<C, Item>) => Flow<C, Item>);

/** Options for one use of a step in a flow. They override the options of the step. */
export interface UsePolicy<C = any, Item = any> extends StepPolicy {
  /** The name of this use. A second use of a step needs one. Default: the name of the step. */
  readonly name?: string;
  /** Waits until this is true. Checked again after each version of the context. */
  readonly when?: From<C, Item, boolean>;
}

/** Further options of `waitFor`: which events count, and how many processes get one. */
export interface WaitPolicy<C = any, Item = any> extends UsePolicy<C, Item> {
  /** Takes events published since this date, if they are still stored. Default: those published since the process started. */
  readonly since?: From<C, Item, Date>;
  /** Only one of several waiting processes gets the event. Default false. */
  readonly matchOne?: boolean;
  /** An event that comes before the flow is here skips the unfinished steps before this one. Default false. */
  readonly skipAhead?: boolean;
  /** An event that comes after the wait is over is mapped once more, beside the flow. Default false. */
  readonly reprocess?: boolean;
}

/** Options of a stage, for all its steps together. */
export type StagePolicy = Pick<StepPolicy, 'within' | 'required' | 'onError' | 'overdue'>;

/**
 * Builds a flow by chained calls, named as in LiteFlow and Workflow Core. Every call returns the flow so far. The method `flow`
 * of a workflow returns the complete flow, and runs once, at boot. `Item`: the current item of `forEach`.
 */
export interface Flow<C, Item = undefined> {
  /** Never set. Carries the type of the context. */
  readonly context?: C;
  /** The same as {@link then}, for the first step. */
  startWith<S extends StepLike<Item>>(step: S, policy?: UsePolicy<C, Item>): FlowStep<C, Seen<S>, StepReturn<S>, Item>;
  /** The step that follows. */
  then<S extends StepLike<Item>>(step: S, policy?: UsePolicy<C, Item>): FlowStep<C, Seen<S>, StepReturn<S>, Item>;
  /** Waits for an event. The default key is the group id; `{ orderId: (c) => c.order }` is a key with a name. {@link FlowStep.output} maps its data into the context. */
  waitFor<const E extends EventName>(
    event: E,
    key?: From<C, Item, string> | Readonly<Record<string, From<C, Item, string>>>,
    policy?: WaitPolicy<C, Item>,
  ): FlowStep<C, never, EventData<E>, Item>;
  /** Continues after a delay, or at a date. */
  after(when: Duration | From<C, Item, Date | Duration>): Flow<C, Item>;
  /** Runs the body only if this is true when the flow gets here. */
  if(condition: From<C, Item, boolean>): Do<C, Item>;
  /** Repeats the body as long as this is true. Checked before each pass, so the body may never run. */
  while(condition: From<C, Item, boolean>): Do<C, Item>;
  /** Runs the body for each item in parallel, and continues when all are done. `concurrency`: how many at once, at least 1. */
  forEach<I>(items: From<C, Item, readonly I[]>, options?: { readonly concurrency?: number }): Do<C, Item, I>;
  /** Runs the body after a delay, in parallel with the flow. The process does not end before the body has ended. */
  schedule(delay: Duration | From<C, Item, Date | Duration>): Do<C, Item>;
  /** Repeats the body at this interval, in parallel with the flow, until the condition is true. The process does not end before. */
  recur(interval: Duration | From<C, Item, Duration>, until: From<C, Item, boolean>): Do<C, Item>;
  /** Continues in the branch that the step returns. Every branch that it can return must be listed. */
  decide<S extends StepLike<Item>>(step: S, branches: DecisionBranches<S, C, Item>): Flow<C, Item>;
  /** Runs all branches in parallel, and continues when all are done. */
  all(...branches: Branch<C, Item>[]): Flow<C, Item>;
  /** Runs all branches in parallel, and continues when the first is done. The losers are cancelled (default), or finish their running steps. */
  any(...branches: Branch<C, Item>[]): Flow<C, Item>;
  any(options: { readonly losers: 'cancel' | 'finish' }, ...branches: Branch<C, Item>[]): Flow<C, Item>;
  /** Groups steps that are shown, timed and counted together. */
  stage(name: string, body: (flow: Flow<C, Item>) => Flow<C, Item>, policy?: StagePolicy): Flow<C, Item>;
  /** Ends this branch. The process continues in its other branches: those of `all` and `forEach`, and beside `schedule` and `recur`. */
  end(): Flow<C, Item>;
}

/** Takes the body that follows: `.if(…).do(…)`. */
export interface Do<C, Item, Inner = Item> {
  do(body: Branch<C, Inner>): Flow<C, Item>;
}

/** The flow directly after a step. Its own methods are about that step. */
export interface FlowStep<C, In, Out, Item = undefined> extends Flow<C, Item> {
  /** Sets one key of the object that the step gets instead of the context. */
  input<K extends keyof In>(key: K, from: ReadFromStep<C, Item, In[K]>): FlowStep<C, In, Out, Item>;
  /** Sets a context key from the result of the step, which then is no patch itself. A step that returns nothing gives `undefined`. */
  output<K extends keyof C>(key: K, from: ReadFromStep<Out, Item, C[K]>): FlowStep<C, In, Out, Item>;
  /** The rule for when the step has failed for good. Default: the workflow's, then the module's, then `'fail'`. */
  onError(policy: ErrorPolicy): FlowStep<C, In, Out, Item>;
  /** The step that undoes this one when the process compensates. How that is tried again says `policy`, and not the options of that step. */
  compensateWith(step: StepLike<Item>, policy?: UndoPolicy): FlowStep<C, In, Out, Item>;
}

/**
 * Step → the steps that may follow it, named as in django-wfe: `start` → the first step; `'end'` ends. Cycles are allowed. A step
 * with several followers is a decision: it returns the name of one of them, or its index.
 */
export type Digraph<W = any> =
  string extends StepName<W> ? Readonly<Record<string, readonly string[]>> : { readonly [K in StepName<W> | 'start']?: readonly (StepName<W> | 'end')[] };
