/** What the compiler checks of a step when its decorator is applied. Types only: nothing here runs. */
import type { Observable } from 'rxjs';
import type { Asking, Class, Duration, EventData, Outcome, SchemaOutput, StepRef } from '../values.js';

type Method = (...args: any[]) => unknown;
type Fault<Message extends string> = `✗ ${Message}`;
type Name<T> = T extends string ? T : 'it';
type IsAny<T> = 0 extends 1 & T ? true : false;

/* ------------------------------------------------- reading a workflow's type ---- */

/** The public methods of a workflow that can be steps. */
export type StepName<W> = { [K in keyof W]-?: W[K] extends Method ? K : never }[keyof W] & string;

/** The steps that are given something from outside. */
export type Receiver<W> = {
  [K in StepName<W>]: W[K] extends (...args: infer A) => unknown
    ? A extends [any, infer P, ...unknown[]] ? (IsAny<P> extends true ? K : [P] extends [StepRef] ? never : K) : never
    : never;
}[StepName<W>] & string; // prettier-ignore

/** What a step is given between the context and the step: an answer, an event. */
export type MessageOf<W, K extends keyof W> = W[K] extends (context: any, message: infer M, ...rest: any[]) => unknown ? M : unknown;

type FirstOf<M> = M extends Method ? (Parameters<M> extends [infer C, ...unknown[]] ? (C extends object ? C : never) : never) : never;

/** The context of a workflow, read off its steps. */
export type ContextOf<W> = { [K in keyof W]: FirstOf<W[K]> }[keyof W];

type InstanceOf<W> = W extends Class<infer I> ? I : W extends () => Class<infer I> ? I : never;
export type ContextIn<W> = W extends string ? Record<string, any> : ContextOf<InstanceOf<W>>;
export type ReceiverIn<W> = W extends string ? string : Receiver<InstanceOf<W>>;
export type MessageIn<W, S> = W extends string ? unknown : S extends keyof InstanceOf<W> ? MessageOf<InstanceOf<W>, S> : unknown;

/* ---------------------------------------------------------- names and keys ---- */

type OneOf<T> = T extends string ? T : T extends readonly (infer E)[] ? E : never;
type NamesIn<O> = (O extends { next: infer N } ? Exclude<OneOf<N>, 'end'> : never) | (O extends { request: infer N } ? N : never);
type CheckNames<O, W> = [Exclude<NamesIn<O>, StepName<W>>] extends [never]
  ? never
  : Fault<`'${Name<Exclude<NamesIn<O>, StepName<W>>>}' is not a method of this workflow`>;

type KeyOf<O, Option extends string> = O extends { readonly [K in Option]: infer N } ? Extract<N, string> : never;
type KeysIn<O, C> = Exclude<KeyOf<O, 'when'>, keyof C> | Exclude<KeyOf<O, 'after'> | KeyOf<O, 'within'>, keyof C | Duration>;
type CheckKeys<O, C> = unknown extends C
  ? never
  : [KeysIn<O, C>] extends [never] ? never : Fault<`'${Name<KeysIn<O, C>>}' is neither a key of the context nor a duration`>; // prettier-ignore

/* -------------------------------------------------------- what it waits for ---- */

type Gates<O> = keyof O & ('on' | 'after' | 'request');
type IsUnion<T, U = T> = [T] extends [never] ? false : T extends U ? ([U] extends [T] ? false : true) : never;
type CheckGate<O> = [Gates<O>] extends [infer G]
  ? IsUnion<G> extends true
    ? [G] extends ['after' | 'request'] ? never : Fault<'it waits for two things: split it into two steps'>
    : never
  : never; // prettier-ignore

type CheckSolicited<O> = O extends { unsolicited: true } ? (O extends { on: unknown } ? never : Fault<"an unsolicited step needs 'on'">) : never;
type CheckRetry<O> = O extends { retry: 0 | { attempts: 0 } } ? Fault<'retry counts the tries in all: at least 1'> : never;

type Given<O> = O extends { response: infer S }
  ? SchemaOutput<S>
  : O extends { request: string }
    ? unknown
    : O extends { on: infer E }
      ? EventData<E>
      : StepRef;
type CheckGiven<O, M extends Method> =
  Parameters<M> extends [any, infer P, ...unknown[]]
    ? unknown extends Given<O>
      ? never
      : [Given<O>] extends [P]
        ? never
        : [StepRef] extends [Given<O>]
          ? Fault<'its second argument is the step: there is nothing it waits for'>
          : Fault<'its second argument does not fit what the step waits for'>
    : never;

/* --------------------------------------------------------- what it returns ---- */

type Result<M extends Method> = Awaited<ReturnType<M>> extends infer R ? (R extends Observable<infer T> ? T : R) : never;
type Said<M extends Method> = Exclude<Result<M>, void | undefined | null>;
type MethodNamed<O, W, Option extends string> = O extends { readonly [K in Option]: infer N }
  ? N extends keyof W ? (W[N] extends infer M extends Method ? M : never) : never
  : never; // prettier-ignore
type CheckRequest<O, W> = [MethodNamed<O, W, 'request'>] extends [never]
  ? never
  : [Said<MethodNamed<O, W, 'request'>>] extends [Asking] ? never : Fault<`'${Name<O[keyof O & 'request']>}' may return nothing, asked({ correlationId }) or done()`>; // prettier-ignore

type Branches<M extends Method> = Said<M> extends infer R ? (R extends { branch: infer B } ? B : R extends string ? R : never) : never;
type CheckBranches<O, M extends Method> = IsAny<Said<M>> extends true ? never : O extends { next: readonly (infer E)[] }
  ? [Exclude<Branches<M>, E>] extends [never]
    ? [Exclude<Result<M>, Said<M>>] extends [never]
      ? [Exclude<Said<M>, string | Outcome>] extends [never] ? never : Fault<'it returns something else than a name of next: say go(name, patch)'>
      : Fault<'it can end without choosing one of next'>
    : Fault<`it returns '${Name<Exclude<Branches<M>, E>>}', which is not in next`>
  : [Extract<Said<M>, number>] extends [never]
    ? [Branches<M>] extends [never] ? never : Fault<`it returns '${Name<Branches<M>>}' but has no list of next steps`>
    : Fault<'it returns a number: a decision returns the name of a step'>; // prettier-ignore

/** Literals widen in an unannotated return, so they are compared without them. */
type Loose<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends Date | Method | Map<any, any> | Set<any>
        ? T
        : T extends readonly (infer E)[] ? readonly Loose<E>[] : T extends object ? { [K in keyof T]: Loose<T[K]> } : T; // prettier-ignore

type Patches<M extends Method> = Said<M> extends infer R ? (IsAny<R> extends true ? never : R extends Outcome | string | number ? never : R) : never;
type StrayKey<P, C> = P extends object ? Exclude<keyof P, keyof C> : never;
type WrongKey<P, C> = P extends object
  ? { [K in keyof P & keyof C]-?: P[K] extends Loose<C[K]> | undefined | ((latest: any) => Loose<C[K]>) ? never : K }[keyof P & keyof C]
  : never;
type CheckPatch<C, M extends Method> = [Patches<M>] extends [never]
  ? never
  : [Exclude<Patches<M>, object>] extends [never] ? CheckKeysOf<C, M> : Fault<'it returns something that is no patch'>; // prettier-ignore
type CheckKeysOf<C, M extends Method> = [C] extends [never]
  ? never
  : [StrayKey<Patches<M>, C>] extends [never]
    ? [WrongKey<Patches<M>, C>] extends [never] ? never : Fault<`'${Name<WrongKey<Patches<M>, C>>}' has another type in the context`>
    : Fault<`'${Name<StrayKey<Patches<M>, C>>}' is not a key of the context`>; // prettier-ignore

/* --------------------------------------------------------------- all of it ---- */

type First<M extends Method> = Parameters<M> extends [infer C, ...unknown[]] ? C : never;
/** The options had an error of their own; one message is enough. */
type Broken<O> = 'on' | 'after' | 'request' extends keyof O ? true : false;
type FirstFault<T extends readonly unknown[]> = T extends readonly [infer H, ...infer R] ? ([H] extends [never] ? FirstFault<R> : H) : string;

export type CheckMethod<O, W, M extends Method> = Broken<O> extends true
  ? string
  : FirstFault<[CheckNames<O, W>, CheckGate<O>, CheckSolicited<O>, CheckRetry<O>, CheckKeys<O, First<M>>, CheckRequest<O, W>, CheckGiven<O, M>, CheckBranches<O, M>, CheckPatch<First<M>, M>]>; // prettier-ignore

type Keys<T> = T extends string | number ? never : keyof T;
type StrictWithin<O, Shape> = O extends Method | string | number ? unknown : { readonly [K in Exclude<keyof O, Keys<Shape>>]: never };

/** Refuses options there are not, also inside `retry`. */
export type Strict<O, Shape> = { readonly [K in Exclude<keyof O, keyof Shape>]: never } & {
  readonly [K in keyof O & keyof Shape & 'retry']: StrictWithin<O[K], Shape[K]>;
};
