/** How the compiler says what is wrong: as a type that nothing fits, with a sentence for its name. Types only: nothing here runs. */

export type TypeFault<Message extends string> = `✗ ${Message}`;
export type Name<T> = T extends string ? T : 'it';

/** What is given for an option. `never`: nothing. */
export type OptionValue<O, Option extends string> = O extends { readonly [K in Option]: infer Given } ? Given : never;

/** The first fault of a list, or `None`. */
export type FirstFault<T extends readonly unknown[], None = string> = T extends readonly [infer H, ...infer R]
  ? [H] extends [never]
    ? FirstFault<R, None>
    : H
  : None;

/** The names of a union in one text, in the order in which they were declared. Only a fault asks for it. */
export type Listed<Names, Said extends string = ''> = [Names] extends [never]
  ? Said extends '' ? 'none' : Said
  : LastName<Names> extends infer Last extends string ? Listed<Exclude<Names, Last>, Said extends '' ? Last : `${Last}, ${Said}`> : Said; // prettier-ignore
/** Of overloads, the compiler infers from the last. */
type LastName<Names> = (Names extends unknown ? (give: () => Names) => void : never) extends (give: infer Give) => void
  ? Give extends () => infer Last
    ? Last
    : never
  : never;
