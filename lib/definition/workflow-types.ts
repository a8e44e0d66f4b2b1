/** What the compiler reads off a workflow's type. Types only: nothing here runs. */
import type { Class, StepRef } from '../values/types.js';
import type { StepClass } from './step-options.js';

type Method = (...args: any[]) => unknown;
type IsAny<T> = 0 extends 1 & T ? true : false;

/** The public methods of a workflow that can be steps. */
export type StepName<W> = { [K in keyof W]-?: K extends 'flow' ? never : W[K] extends Method ? K : never }[keyof W] & string;

/** The steps that are given something from outside. */
export type Receiver<W> = {
  [K in StepName<W>]: W[K] extends (...args: infer A) => unknown
    ? A extends [any, infer P, ...unknown[]] ? (IsAny<P> extends true ? K : [P] extends [StepRef] ? never : K) : never
    : never;
}[StepName<W>] & string; // prettier-ignore

/** What a step is given between the context and the step: an input, an answer, an event, the context of a child. */
export type MessageOf<W, K extends keyof W> = W[K] extends (context: any, message: infer M, ...rest: any[]) => unknown ? M : unknown;

type FirstOf<M> = M extends Method ? (Parameters<M> extends [infer C, ...unknown[]] ? (C extends object ? C : never) : never) : never;

/** The context of a workflow: that of its builder, else read off its steps. */
export type ContextOf<W> = W extends { flow(builder: { readonly context?: infer C }): unknown } ? NonNullable<C> : { [K in keyof W]: FirstOf<W[K]> }[keyof W];

/** What the `run` of a step class finds in `step.message`. */
export type MessageOfRun<M> = M extends (context: any, step: StepRef<any, any, infer T>) => unknown ? T : unknown;

/* ------------------------------- a workflow, by class as far as the compiler can tell ---- */

/** A workflow's instance, by its class or by a function that returns it. */
export type InstanceOf<W> = W extends Class<infer I> ? I : W extends () => Class<infer I> ? I : never;

/** The context of a workflow; of one known by its name, anything. */
export type ContextIn<W> = W extends string ? Record<string, any> : ContextOf<InstanceOf<W>>;

/** A step of a workflow: by its name, or by its class where it has one. */
export type StepIn<W> = Class<StepClass> | (W extends string ? string : StepName<InstanceOf<W>>);

/** A step of a workflow that is given something from outside. */
export type ReceiverIn<W> = Class<StepClass> | (W extends string ? string : Receiver<InstanceOf<W>>);

/** What that step is given. */
export type MessageIn<W, S> = S extends Class<infer I>
  ? MessageOfRun<I extends { run: infer M } ? M : never>
  : W extends string ? unknown : S extends keyof InstanceOf<W> ? MessageOf<InstanceOf<W>, S> : unknown; // prettier-ignore

/**
 * What a process is started with: any of the context's keys; the defaults and rules of its class do the rest. A workflow whose
 * steps take no context says nothing of it.
 */
export type StartValues<W> = W extends string ? object : [ContextIn<W>] extends [never] ? object : Partial<ContextIn<W>>;
