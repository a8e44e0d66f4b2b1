/** Types that the TypeScript compiler derives from a workflow class. Nothing here runs. */
import type { Class, StepRef } from '../values/types.js';
import type { StepClass } from './step-options.js';

type Method = (...args: any[]) => unknown;
export type IsAny<T> = 0 extends 1 & T ? true : false;

/** The public methods of a workflow that can be steps. */
export type StepName<W> = { [K in keyof W]-?: K extends 'flow' ? never : W[K] extends Method ? K : never }[keyof W] & string;

/** The steps that take a message from outside. */
export type Receiver<W> = {
  [K in StepName<W>]: W[K] extends (...args: infer A) => unknown
    ? A extends [any, infer P, ...unknown[]] ? (IsAny<P> extends true ? K : [P] extends [StepRef] ? never : K) : never
    : never;
}[StepName<W>] & string; // prettier-ignore

/** The message that a step takes between the context and the step: an input, a response, an event, or the context of a child. */
export type MessageOf<W, K extends keyof W> = W[K] extends (context: any, message: infer M, ...rest: any[]) => unknown ? M : unknown;

type FirstOf<M> = M extends Method ? (Parameters<M> extends [infer C, ...unknown[]] ? (C extends object ? C : never) : never) : never;

/** The context of a workflow: that of its builder, else that of its steps. */
export type ContextOf<W> = W extends { flow(builder: { readonly context?: infer C }): unknown } ? NonNullable<C> : { [K in keyof W]: FirstOf<W[K]> }[keyof W];

/** The keys of a context whose values are of this type, missing values aside. A value of an unknown type may be of any. */
export type KeysHolding<C, T> = { [K in keyof C & string]-?: unknown extends C[K] ? K : [NonNullable<C[K]>] extends [T] ? K : never }[keyof C & string];

/** The type of `step.message` in the `run` of a step class. */
export type MessageOfRun<M> = M extends (context: any, step: StepRef<any, any, infer T>) => unknown ? T : unknown;

/* ------------------------------- a workflow, by class as far as the compiler can tell ---- */

/** A workflow's instance, by its class or by a function that returns it. */
export type InstanceOf<W> = W extends Class<infer I> ? I : W extends () => Class<infer I> ? I : never;

/** The context of a workflow. For a workflow given by name: any object. */
export type ContextIn<W> = W extends string ? Record<string, any> : ContextOf<InstanceOf<W>>;

/** Each name for itself. In a message the compiler shows the names of a union that it had to make, and else the name of the type. */
type Boxed<Names> = Names extends string ? { readonly name: Names } : never;

/** A step of a workflow: by its name, or by its class where it has one. */
export type StepIn<W> = W extends string
  ? Class<StepClass> | string
  : Class<StepClass> | (Boxed<StepName<InstanceOf<W>>> extends infer B ? (B extends { readonly name: infer Name } ? Name : never) : never);

/** A step of a workflow that takes a message from outside. */
export type ReceiverIn<W> = W extends string
  ? Class<StepClass> | string
  : Class<StepClass> | (Boxed<Receiver<InstanceOf<W>>> extends infer B ? (B extends { readonly name: infer Name } ? Name : never) : never);

/** A step as a caller names it: one of those that are known, or any text that came from outside, which the call looks up. */
export type StepSaid<S, Known> = string extends S ? S : Known;

/** The message that this step takes. */
export type MessageIn<W, S> = S extends Class<infer I>
  ? MessageOfRun<I extends { run: infer M } ? M : never>
  : W extends string ? unknown : S extends keyof InstanceOf<W> ? MessageOf<InstanceOf<W>, S> : unknown; // prettier-ignore

/**
 * The values that a process starts with: any keys of the context. The class adds its defaults and checks its rules. If no step
 * takes a context, any object is accepted.
 */
export type StartValues<W> = W extends string ? object : [ContextIn<W>] extends [never] ? object : Partial<ContextIn<W>>;
