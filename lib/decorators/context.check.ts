/** Checks that the methods of a workflow take its context, and no other class. Types only: nothing here runs. */
import type { IsAny } from '../definition/workflow-types.js';
import type { StepRef } from '../values/types.js';
import type { FirstFault, Listed, OptionValue, TypeFault } from './type-fault.js';

type AnyMethod = (...args: any[]) => any;
/** The type of the first argument. `never`: there is none, or it may be anything. */
type ContextTaken<M> = M extends (first: infer P, ...rest: any[]) => any ? (unknown extends P ? never : P extends object ? P : never) : never;
/** Whether the last argument is the step. Only a method of a step has that. */
type TakesStep<M> = M extends AnyMethod
  ? Parameters<M> extends [any, ...infer Rest]
    ? Rest extends [...unknown[], infer Last] ? (IsAny<Last> extends true ? false : [Last] extends [StepRef] ? true : false) : false
    : false
  : false; // prettier-ignore

type MethodsTakingOther<W, C> = {
  [K in keyof W & string]-?: [ContextTaken<W[K]>] extends [never] ? never : [C] extends [ContextTaken<W[K]>] ? never : K;
}[keyof W & string];
type StepsTakingOther<W, C> = { [K in MethodsTakingOther<W, C> & keyof W]-?: TakesStep<W[K]> extends true ? K : never }[MethodsTakingOther<W, C> & keyof W];
type MethodsTaking<W, C> = { [K in keyof W & string]-?: [ContextTaken<W[K]>] extends [never] ? never : [C] extends [ContextTaken<W[K]>] ? K : never }[keyof W &
  string];

/**
 * The methods that take another context than the workflow has. A decorator of a class does not see which methods are steps: so those count that take
 * the step as their last argument, and where no method takes the context, all that take an object. Boot looks at the others. Where a
 * builder gives the order, `input` may hand a step something else.
 */
export type CheckContext<C, W> = unknown extends C
  ? never
  : W extends { flow: AnyMethod }
    ? never
    : [StepsTakingOther<W, C>] extends [never]
      ? [MethodsTaking<W, C>] extends [never]
        ? [MethodsTakingOther<W, C>] extends [never] ? never : OtherContext<MethodsTakingOther<W, C>>
        : never
      : OtherContext<StepsTakingOther<W, C>>; // prettier-ignore
type OtherContext<Names> = TypeFault<`the first argument is another than the context of this workflow in: ${Listed<Names>}`>;

/** Two views of one context: either has all that the other has. */
type Related<A, B> = [A] extends [B] ? true : [B] extends [A] ? true : false;
type MemberFault<What extends string, M, C> = [ContextTaken<M>] extends [never] ? never : Related<ContextTaken<M>, C> extends true ? never : TypeFault<`${What} takes another context than the step`>; // prettier-ignore
type NamedMethod<O, Option extends string, W> = OptionValue<O, Option> extends infer N ? (N extends keyof W & string ? W[N] : never) : never;
type NameOf<O, Option extends string> = OptionValue<O, Option> extends infer N ? (N extends string ? N : '') : '';

/** The functions in the options of a step, and the methods that they name, take the context that the step takes. */
export type CheckMembers<O, W, C> = [C] extends [never]
  ? never
  : unknown extends C
    ? never
    : FirstFault<[
        MemberFault<'the function of when', OptionValue<O, 'when'>, C>, MemberFault<'the function of if', OptionValue<O, 'if'>, C>, MemberFault<'the function of while', OptionValue<O, 'while'>, C>,
        MemberFault<'the function of forEach', OptionValue<O, 'forEach'>, C>, MemberFault<'the function of after', OptionValue<O, 'after'>, C>, MemberFault<'the function of within', OptionValue<O, 'within'>, C>,
        MemberFault<'the function of every', OptionValue<O, 'every'>, C>, MemberFault<'the function of completeBy', OptionValue<O, 'completeBy'>, C>,
        MemberFault<'the function of on.key', OptionValue<OptionValue<O, 'on'>, 'key'>, C>, MemberFault<'the function of on.since', OptionValue<OptionValue<O, 'on'>, 'since'>, C>,
        MemberFault<'the function of overdue.after', OptionValue<OptionValue<O, 'overdue'>, 'after'>, C>,
        MemberFault<`'${NameOf<O, 'request'>}'`, NamedMethod<O, 'request', W>, C>, MemberFault<`'${NameOf<O, 'compensate'>}'`, NamedMethod<O, 'compensate', W>, C>,
        MemberFault<`'${NameOf<OptionValue<O, 'compensate'>, 'request'>}'`, NamedMethod<OptionValue<O, 'compensate'>, 'request', W>, C>,
        MemberFault<`'${NameOf<OptionValue<O, 'compensate'>, 'do'>}'`, NamedMethod<OptionValue<O, 'compensate'>, 'do', W>, C>, MemberFault<`'${NameOf<OptionValue<O, 'overdue'>, 'do'>}'`, NamedMethod<OptionValue<O, 'overdue'>, 'do', W>, C>,
        MemberFault<`'${NameOf<OptionValue<O, 'child'>, 'with'>}'`, NamedMethod<OptionValue<O, 'child'>, 'with', W>, C>,
      ], never>; // prettier-ignore
