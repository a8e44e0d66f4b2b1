/** The checks that the TypeScript compiler makes where `@Step` is applied. Types only: nothing here runs. */
import type { Observable } from 'rxjs';
import type { RequestResult, Class, EventData, Outcome, SchemaOutput, StepRef } from '../values/types.js';
import type { ContextOf, IsAny, MessageOfRun, StepName } from '../definition/workflow-types.js';
import type { CheckMembers } from './context.check.js';
import type { CheckKeys } from './key.check.js';
import type { CheckOptions } from './option.check.js';
import type { FirstFault, Listed, Name, TypeFault } from './type-fault.js';

type StepMethod = (...args: any[]) => unknown;

/* ------------------------------------------------------------------- names ---- */

type OneOf<T> = T extends string ? T : T extends readonly (infer E)[] ? E : never;
/** The methods that the options name, in a workflow or a step class. */
type MembersIn<O> =
  | (O extends { request: infer N } ? N : never)
  | (O extends { child: { with: infer N } } ? N : never)
  | (O extends { compensate: infer N } ? Extract<N, string> | (N extends { do: infer D } ? D : never) | (N extends { request: infer R } ? R : never) : never)
  | (O extends { overdue: { do: infer N } } ? N : never);
/** The steps that the options name. A step class cannot know them. */
type StepsIn<O> = (O extends { next: infer N } ? Exclude<OneOf<N>, 'end'> : never) | (O extends { onError: { next: infer N } } ? N : never);
type CheckNames<Names, W, Whole extends string> = [Exclude<Names, StepName<W>>] extends [never]
  ? never
  : TypeFault<`'${Name<Exclude<Names, StepName<W>>>}' is not a method of this ${Whole}. Its methods: ${Listed<StepName<W>>}`>;

/* -------------------------------------------------------- what it waits for ---- */

type Gates<O> = keyof O & ('input' | 'on' | 'after' | 'request' | 'child');
type IsUnion<T, U = T> = [T] extends [never] ? false : T extends U ? ([U] extends [T] ? false : true) : never;
type CheckGate<O> = [Gates<O>] extends [infer G]
  ? IsUnion<G> extends true
    ? [G] extends ['after' | 'request'] ? never : TypeFault<'it waits for two things: split it into two steps'>
    : never
  : never; // prettier-ignore

type CheckSolicited<O> = O extends { unsolicited: true }
  ? O extends { on: unknown } | { input: unknown } ? never : TypeFault<"an unsolicited step needs 'on' or 'input'">
  : never; // prettier-ignore
type CheckRetry<O> = TriesIn<O> | (O extends { compensate: infer U } ? TriesIn<U> : never) extends infer N
  ? N extends NoCount<N> ? TypeFault<`retry counts the tries in all: a whole number from 1, not ${N & number}`> : never
  : never; // prettier-ignore
type TriesIn<O> = O extends { retry: infer R } ? (R extends { attempts: infer N } ? N : R) : never;
/** The same number, if it is not a whole number from 1. */
type NoCount<N> = N extends number ? (`${N}` extends '0' | `-${string}` | `${string}.${string}` ? N : never) : never;
type CheckConcurrency<O> = O extends { concurrency: infer N }
  ? O extends { forEach: unknown }
    ? N extends NoCount<N> ? TypeFault<`concurrency counts the items at once: a whole number from 1, not ${N & number}`> : never
    : TypeFault<'concurrency says how many items of a forEach run at once, and there is none'>
  : never; // prettier-ignore

type ChildOf<O> = O extends { child: infer W } ? (W extends { workflow: infer I } ? I : W) : never;
type GivenMessage<O> = O extends { input: infer S }
  ? SchemaOutput<S>
  : O extends { response: infer S }
    ? SchemaOutput<S>
    : O extends { child: unknown }
      ? ChildOf<O> extends Class<infer I> ? ContextOf<I> : unknown
      : O extends { request: string }
        ? unknown
        : O extends { on: infer E }
          ? EventData<E extends { event: infer N } ? N : E>
          : StepRef; // prettier-ignore
type CheckGiven<O, M extends StepMethod> =
  Parameters<M> extends [any, infer P, ...unknown[]]
    ? unknown extends GivenMessage<O>
      ? never
      : [GivenMessage<O>] extends [P]
        ? never
        : [StepRef] extends [GivenMessage<O>]
          ? TypeFault<'its second argument is the step: there is nothing it waits for'>
          : TypeFault<'its second argument does not fit what the step waits for'>
    : never;

type ItemIn<F, C> = F extends (...args: any[]) => readonly (infer I)[]
  ? I
  : F extends keyof C ? (C[F] extends readonly (infer I)[] | undefined ? I : any) : any; // prettier-ignore
type ItemOf<O, C> = O extends { forEach: infer F } ? ItemIn<F, C> : undefined;
type ItemOfStep<S> = IsAny<S> extends true ? any : S extends StepRef<any, infer I> ? I : any;
type WantedItem<M extends StepMethod> = Parameters<M> extends [any, ...infer R] ? (R extends [...unknown[], infer S] ? ItemOfStep<S> : any) : any;
/** Checks nothing in a workflow with a `flow`, or in a stage: the builder or the stage goes over the items there. */
type CheckItem<O, C, W, M extends StepMethod> = true extends (W extends { flow: unknown } ? true : never) | (O extends { stage: string } ? true : never)
  ? never
  : [ItemOf<O, C>] extends [WantedItem<M>]
    ? never
    : O extends { forEach: unknown } ? TypeFault<'its step.item is not what forEach goes over'> : TypeFault<'it has a step.item but no forEach'>; // prettier-ignore

/* --------------------------------------------------------- what it returns ---- */

type Result<M extends StepMethod> = Awaited<ReturnType<M>> extends infer R ? (R extends Observable<infer T> ? T : R) : never;
type NonEmptyResult<M extends StepMethod> = Exclude<Result<M>, void | undefined | null>;
type MethodNamed<O, W, Option extends string> = O extends { readonly [K in Option]: infer N }
  ? N extends keyof W ? (W[N] extends infer M extends StepMethod ? M : never) : never
  : never; // prettier-ignore
type CheckRequest<O, W> = CheckAsking<O, W> | (O extends { compensate: infer U } ? CheckAsking<U, W> : never);
type CheckAsking<O, W> = [MethodNamed<O, W, 'request'>] extends [never]
  ? never
  : [NonEmptyResult<MethodNamed<O, W, 'request'>>] extends [RequestResult] ? never : TypeFault<`'${Name<O[keyof O & 'request']>}' may return nothing, asked({ correlationId }) or done()`>; // prettier-ignore

type CheckWith<O, W> = O extends { child: infer Child }
  ? [MethodNamed<Child, W, 'with'>] extends [never]
    ? never
    : ChildOf<O> extends Class<infer I> ? CheckStart<NonEmptyResult<MethodNamed<Child, W, 'with'>>, ContextOf<I>, Name<Child[keyof Child & 'with']>> : never
  : never; // prettier-ignore
/** Checks nothing if no step of the child takes a context: its starting values are unknown then. */
type CheckStart<P, C, Method extends string> = true extends IsAny<P> | ([C] extends [never] ? true : false)
  ? never
  : [StrayKey<P, C> | WrongKey<P, C>] extends [never] ? never : TypeFault<`'${Method}' does not return starting values of the child`>; // prettier-ignore

type ReturnedBranches<M extends StepMethod> = NonEmptyResult<M> extends infer R ? (R extends { branch: infer B } ? B : R extends string ? R : never) : never;
type CheckBranches<O, W, M extends StepMethod> = IsAny<NonEmptyResult<M>> extends true ? never : O extends { next: readonly (infer E)[] }
  ? [Exclude<ReturnedBranches<M>, E>] extends [never]
    ? [Exclude<Result<M>, NonEmptyResult<M>>] extends [never]
      ? [Exclude<NonEmptyResult<M>, string | Outcome>] extends [never] ? never : TypeFault<'it returns something else than a name of next: say go(name, patch)'>
      : TypeFault<'it can end without choosing one of next'>
    : TypeFault<`it returns '${Name<Exclude<ReturnedBranches<M>, E>>}', which is not in next: ${Listed<E>}`>
  : [Extract<NonEmptyResult<M>, number>] extends [never]
    ? [ReturnedBranches<M>] extends [never]
      ? never
      : W extends { flow: unknown } ? never : TypeFault<`it returns '${Name<ReturnedBranches<M>>}' but has no list of next steps`>
    : W extends { flow: infer F } ? (F extends StepMethod ? NoIndex : never) : NoIndex; // prettier-ignore
type NoIndex = TypeFault<'it returns a number: only the decisions of a digraph go by index'>;

/** An unannotated return type has no literals, so types are compared without them. */
type Loose<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T extends Date | StepMethod | Map<any, any> | Set<any>
        ? T
        : T extends readonly (infer E)[] ? readonly Loose<E>[] : T extends object ? { [K in keyof T]: Loose<T[K]> } : T; // prettier-ignore

type Patches<M extends StepMethod> =
  NonEmptyResult<M> extends infer R ? (IsAny<R> extends true ? never : R extends Outcome | string | number ? never : R) : never;
type StrayKey<P, C> = P extends object ? Exclude<keyof P, keyof C> : never;
type WrongKey<P, C> = P extends object
  ? { [K in keyof P & keyof C]-?: P[K] extends Loose<C[K]> | undefined | ((latest: any) => Loose<C[K]>) ? never : K }[keyof P & keyof C]
  : never;
/** A step with `every` may say true or false. */
type Answer<O> = O extends { every: unknown } ? boolean : never;
type CheckPatch<O, C, M extends StepMethod> = [Exclude<Patches<M>, Answer<O>>] extends [never]
  ? never
  : [Exclude<Patches<M>, object | Answer<O>>] extends [never] ? CheckKeysOf<C, M> : TypeFault<'it returns something that is no patch'>; // prettier-ignore
type CheckKeysOf<C, M extends StepMethod> = [C] extends [never]
  ? never
  : [StrayKey<Patches<M>, C>] extends [never]
    ? [WrongKey<Patches<M>, C>] extends [never] ? never : TypeFault<`'${Name<WrongKey<Patches<M>, C>>}' has another type in the context`>
    : TypeFault<`'${Name<StrayKey<Patches<M>, C>>}' is not a key of the context. Its keys: ${Listed<keyof C>}`>; // prettier-ignore

/* --------------------------------------------------------------- all of it ---- */

type First<M extends StepMethod> = Parameters<M> extends [infer C, ...unknown[]] ? C : never;
/** Whether the options have a type error of their own. One message is enough. */
type Broken<O> = 'input' | 'on' | 'after' | 'request' | 'child' extends keyof O ? true : false;

type CheckUndo<O, W> = O extends { compensate: infer U extends object }
  ? U extends { do: string } ? CheckUndoGiven<U, MethodNamed<U, W, 'do'>, U['do']> : TypeFault<"compensate does not say what to do: do: '...'">
  : O extends { compensate: infer N extends string } ? CheckUndoGiven<{}, MethodNamed<{ do: N }, W, 'do'>, N> : never; // prettier-ignore
/** The second argument of what undoes a step: the answer, if it has asked, and else the step. */
type CheckUndoGiven<U, M extends StepMethod, Method> = [M] extends [never]
  ? never
  : Parameters<M> extends [any, infer P, ...unknown[]]
    ? U extends { request: string }
      ? U extends { response: infer S } ? ([SchemaOutput<S>] extends [P] ? never : TypeFault<`the second argument of '${Name<Method>}' is not the response of compensate`>) : never
      : [StepRef] extends [P] ? never : TypeFault<`the second argument of '${Name<Method>}' is the step: its compensate has no request`>
    : never; // prettier-ignore

/** Checks a method of a workflow: the first fault, or `string` if there is none. */
export type CheckMethod<O, W, M extends StepMethod> = Broken<O> extends true
  ? string
  : FirstFault<[
      CheckOptions<O>, CheckNames<StepsIn<O> | MembersIn<O>, W, 'workflow'>, CheckOwn<O>, CheckGate<O>, CheckSolicited<O>, CheckRetry<O>, CheckConcurrency<O>, CheckKeys<O, First<M>>,
      CheckMembers<O, W, First<M>>, CheckRequest<O, W>, CheckUndo<O, W>, CheckWith<O, W>, CheckGiven<O, M>, CheckItem<O, First<M>, W, M>, CheckBranches<O, W, M>, CheckPatch<O, First<M>, M>,
    ]>; // prettier-ignore
type CheckOwn<O> = O extends { name: string } ? TypeFault<'a method is called what it is called: only a step class has a name'> : never;

type CheckMessage<O, M extends StepMethod> = [StepRef] extends [GivenMessage<O>]
  ? never
  : [GivenMessage<O>] extends [MessageOfRun<M>] ? never : unknown extends MessageOfRun<M> ? never : TypeFault<'its step.message is not what it waits for'>; // prettier-ignore
type CheckRun<O, I, M extends StepMethod> = Parameters<M> extends [] | [any] | [any, infer S]
  ? [StepRef] extends [S]
    ? FirstFault<[CheckOptions<O>, CheckNames<MembersIn<O>, I, 'class'>, CheckGate<O>, CheckSolicited<O>, CheckRetry<O>, CheckConcurrency<O>, CheckWith<O, I>, CheckMessage<O, M>]>
    : NotRun
  : NotRun; // prettier-ignore
type NotRun = TypeFault<'a step class has run(context, step); what it waited for is step.message'>;

/** Checks a step class. */
export type CheckClass<O, I> = I extends { run: infer M extends StepMethod } ? CheckRun<O, I, M> : NotRun;
