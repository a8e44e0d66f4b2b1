/** The builder and the digraph, as their authors see them. Types only: the builder itself is made at boot. */
import type { ErrorPolicy, StepClass, StepPolicy } from './step-options.js';
import type { StepName } from './workflow-types.js';
import type { Class, Duration, EventData, EventName, StepInfo, Outcome, StepRef } from '../values/types.js';

/** A step in a flow: `this.method`, or a step class. */
export type StepLike<Item = any> = Class<StepClass<any, any, Item>> | ((context: any, ...rest: any[]) => unknown);

type RunOf<S> = S extends Class<infer I> ? (I extends { run: infer R } ? R : never) : S;
type Seen<S> = RunOf<S> extends (context: infer C, ...rest: any[]) => unknown ? C : never;
type StepReturn<S> = RunOf<S> extends (...args: any[]) => infer R ? NothingAsUndefined<Exclude<Awaited<R>, Outcome>> : never;
/** Nothing is given as undefined, and what reads it has to know. */
type NothingAsUndefined<R> = R extends void ? undefined : R;
type BranchOf<S> = RunOf<S> extends (...args: any[]) => infer R
  ? Awaited<R> extends infer V ? (V extends { branch: infer B extends string } ? B : V extends string ? V : never) : never
  : never; // prettier-ignore

type Silent<S> = RunOf<S> extends (...args: any[]) => infer R ? (undefined extends Awaited<R> ? true : void extends Awaited<R> ? true : false) : false;

/** A conditional, so that the compiler knows `S` by the time it reads the branches. */
type DecisionBranches<S, C, Item> = S extends unknown
  ? Silent<S> extends true ? '✗ it can end without choosing a branch' : { readonly [K in BranchOf<S>]: Branch<C, Item> }
  : never; // prettier-ignore

/** Reads something off the context, and off this visit where that matters. */
type From<C, Item, T> = (context: C, step: StepInfo<Item>) => T;
type ReadFromStep<C, Item, T> = (context: C, step: StepRef<any, Item>) => T;

/** Part of a flow: a step class, or a function that continues the builder. */
export type Branch<C, Item = undefined> = Class<StepClass<any, any, Item>> | ((flow: Flow<C, Item>) => Flow<C, Item>);

/** What a flow can say about one use of a step, over what the step says of itself. */
export interface UsePolicy<C = any, Item = any> extends StepPolicy {
  /** A second use of one step needs a name. Default: the step's own. */
  readonly name?: string;
  /** Waits until this is true, looked at again after each version of the context. */
  readonly when?: From<C, Item, boolean>;
}

/** What `waitFor` can say besides: which of the events count, and who gets them. */
export interface WaitPolicy<C = any, Item = any> extends UsePolicy<C, Item> {
  /** Takes events published since then, as far as they are still kept. Default: those published since the process started. */
  readonly since?: From<C, Item, Date>;
  /** Of several processes that wait, one gets the event. Default false. */
  readonly matchOne?: boolean;
}

/** What can be said of a stage: of all its steps together. */
export type StagePolicy = Pick<StepPolicy, 'within' | 'required' | 'onError' | 'overdue'>;

/**
 * Builds a flow by chaining, in the words of LiteFlow and Workflow Core. Every call returns the flow so far, and the method
 * `flow` returns the whole of it; it runs once, at boot. `Item`: what `forEach` is at.
 */
export interface Flow<C, Item = undefined> {
  /** Never there: it carries the type of the context. */
  readonly context?: C;
  /** The same as {@link then}, for the first step. */
  startWith<S extends StepLike<Item>>(step: S, policy?: UsePolicy<C, Item>): FlowStep<C, Seen<S>, StepReturn<S>, Item>;
  /** The step that follows. */
  then<S extends StepLike<Item>>(step: S, policy?: UsePolicy<C, Item>): FlowStep<C, Seen<S>, StepReturn<S>, Item>;
  /** Waits for an event, by default under the group id; {@link FlowStep.output} tells where its data go. */
  waitFor<const E extends EventName>(event: E, key?: From<C, Item, string>, policy?: WaitPolicy<C, Item>): FlowStep<C, never, EventData<E>, Item>;
  /** Goes on after a delay, or at a moment. */
  after(when: Duration | From<C, Item, Date | Duration>): Flow<C, Item>;
  /** Does something only if this is true when its turn comes. */
  if(condition: From<C, Item, boolean>): Do<C, Item>;
  /** Does something again and again, as long as this is true: perhaps never. */
  while(condition: From<C, Item, boolean>): Do<C, Item>;
  /** Does something for each item, at the same time, and goes on when all is done. `concurrency`: at most so many at once, from 1. */
  forEach<I>(items: From<C, Item, readonly I[]>, options?: { readonly concurrency?: number }): Do<C, Item, I>;
  /** Beside the flow, later; the flow goes on. The process does not end before it. */
  schedule(delay: Duration | From<C, Item, Date | Duration>): Do<C, Item>;
  /** Beside the flow, again and again, until this is true; the flow goes on. The process does not end before it. */
  recur(interval: Duration | From<C, Item, Duration>, until: From<C, Item, boolean>): Do<C, Item>;
  /** Goes on in the branch the step returns. Every branch it can return must be here. */
  decide<S extends StepLike<Item>>(step: S, branches: DecisionBranches<S, C, Item>): Flow<C, Item>;
  /** Does all of these at the same time, and goes on when all are done. */
  all(...branches: Branch<C, Item>[]): Flow<C, Item>;
  /** Does all of these at the same time, and goes on with the first; the losers are cancelled (default), or finish what they are at. */
  any(...branches: Branch<C, Item>[]): Flow<C, Item>;
  any(options: { readonly losers: 'cancel' | 'finish' }, ...branches: Branch<C, Item>[]): Flow<C, Item>;
  /** Steps that are shown, timed and counted together. */
  stage(name: string, body: (flow: Flow<C, Item>) => Flow<C, Item>, policy?: StagePolicy): Flow<C, Item>;
  /** Ends this branch here. The process goes on where others are under way: of `all` and `forEach`, after `schedule` and `recur`. */
  end(): Flow<C, Item>;
}

/** What is to be done, said next: `.if(…).do(…)`. */
export interface Do<C, Item, Inner = Item> {
  do(body: Branch<C, Inner>): Flow<C, Item>;
}

/** The flow just after a step: what is said now is about that step. */
export interface FlowStep<C, In, Out, Item = undefined> extends Flow<C, Item> {
  /** What the step sees instead of the context, key by key. */
  input<K extends keyof In>(key: K, from: ReadFromStep<C, Item, In[K]>): FlowStep<C, In, Out, Item>;
  /** Where what it returns goes, instead of straight into the context, key by key. One that returns nothing gives `undefined`. */
  output<K extends keyof C>(key: K, from: ReadFromStep<Out, Item, C[K]>): FlowStep<C, In, Out, Item>;
  /** When it has failed for good. Default: the workflow's, then the module's, and there `'fail'`. */
  onError(policy: ErrorPolicy): FlowStep<C, In, Out, Item>;
  /** The step that undoes it, where compensation is called for. */
  compensateWith(step: StepLike<Item>): FlowStep<C, In, Out, Item>;
}

/**
 * Step → the steps that may follow it, in the words of django-wfe: `start` → the first, `'end'` ends. Cycles are allowed. A
 * decision is a step with several; it returns the name of one of them, or its index.
 */
export type Digraph<W = any> =
  string extends StepName<W> ? Readonly<Record<string, readonly string[]>> : { readonly [K in StepName<W> | 'start']?: readonly (StepName<W> | 'end')[] };
