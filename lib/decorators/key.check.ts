/** Checks the keys of the context that options name, with the types of their values. Types only: nothing here runs. */
import type { Duration } from '../values/types.js';
import type { KeysHolding } from '../definition/workflow-types.js';
import type { FirstFault, Listed, OptionValue, TypeFault } from './type-fault.js';

/** What a key holds, by the kind of option that names it. */
interface Kinds {
  readonly flag: boolean;
  readonly list: readonly unknown[];
  readonly pause: string | number;
  readonly moment: string | number | Date;
  readonly text: string;
  readonly date: string | Date;
}
interface KindWords {
  readonly flag: 'not a key of the context with a boolean';
  readonly list: 'not a key of the context with a list';
  readonly pause: 'neither a duration nor a key of the context with one';
  readonly moment: 'neither a duration nor a key of the context with one or with a date';
  readonly text: 'not a key of the context with a string';
  readonly date: 'not a key of the context with a date';
}

type KeyFault<Option extends string, Given, C, Kind extends keyof Kinds> = Given extends KeysHolding<C, Kinds[Kind]> | (Kind extends 'pause' | 'moment' ? Duration : never)
  ? never
  : Given extends string ? TypeFault<`${Option}: '${Given}' is ${KindWords[Kind]}. Such keys: ${Listed<KeysHolding<C, Kinds[Kind]>>}`> : never; // prettier-ignore

/** The key that an option names: no function of the context, and no number. */
type KeyIn<O, Option extends string> = Extract<OptionValue<O, Option>, string>;
/** The context keys of event keys with a name. */
type NamedKeyIn<E> = E extends { readonly key: infer K } ? (K extends string | ((...args: any[]) => unknown) ? never : Extract<K[keyof K], string>) : never;

/** The first option that names a key which is not there, or holds something else. Checks nothing where the step does not say what its context is. */
export type CheckKeys<O, C> = unknown extends C
  ? never
  : [C] extends [never]
    ? never
    : FirstFault<[
        KeyFault<'when', KeyIn<O, 'when'>, C, 'flag'>, KeyFault<'if', KeyIn<O, 'if'>, C, 'flag'>, KeyFault<'while', KeyIn<O, 'while'>, C, 'flag'>,
        KeyFault<'forEach', KeyIn<O, 'forEach'>, C, 'list'>, KeyFault<'every', KeyIn<O, 'every'>, C, 'pause'>,
        KeyFault<'after', KeyIn<O, 'after'>, C, 'moment'>, KeyFault<'within', KeyIn<O, 'within'>, C, 'moment'>, KeyFault<'completeBy', KeyIn<O, 'completeBy'>, C, 'moment'>,
        KeyFault<'overdue.after', KeyIn<OptionValue<O, 'overdue'>, 'after'>, C, 'moment'>,
        KeyFault<'on.key', KeyIn<OptionValue<O, 'on'>, 'key'> | NamedKeyIn<OptionValue<O, 'on'>>, C, 'text'>, KeyFault<'on.since', KeyIn<OptionValue<O, 'on'>, 'since'>, C, 'date'>,
      ], never>; // prettier-ignore
