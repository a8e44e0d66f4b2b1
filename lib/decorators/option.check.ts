/** Refuses options that there are not, and names those that there are. Types only: nothing here runs. */
import type { StepOptions } from '../definition/step-options.js';
import type { Class } from '../values/types.js';
import type { FirstFault, Listed, Name, TypeFault } from './type-fault.js';

/** The names of the options inside an option; it may also be a text, a number, a function or a class, which have none. */
type OptionKeys<T> = T extends string | number | boolean | ((...args: any[]) => unknown) | Class | undefined ? never : keyof T & string;
type UnknownOption<Given, Known, Where extends string> = [Exclude<OptionKeys<Given>, Known>] extends [never]
  ? never
  : TypeFault<`${Where}there is no option '${Name<Exclude<OptionKeys<Given>, Known>>}'. There are: ${Listed<Known>}`>;
type Within<O, Group extends keyof StepOptions> = O extends { readonly [K in Group]: infer Given }
  ? UnknownOption<Given, OptionKeys<StepOptions[Group]>, `${Group}: `>
  : never;

/** The first option that there is not, also inside those that have options of their own. */
export type CheckOptions<O> = FirstFault<[
  UnknownOption<O, keyof StepOptions, ''>, Within<O, 'on'>, Within<O, 'child'>, Within<O, 'parallel'>, Within<O, 'retry'>, Within<O, 'overdue'>, Within<O, 'onError'>,
  Within<O, 'compensate'>, O extends { compensate: infer Undo } ? Within<Undo, 'retry'> : never,
], never>; // prettier-ignore
