import { inspect } from 'node:util';

/** Longer error texts are cut, to keep the history small. */
const LONGEST_ERROR = 8000;

/** The body returned something that is never valid, so no other attempt will help. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

/** `Class: message`, and the causes behind it. Never throws, whatever was thrown. */
export function describeError(error: unknown): string {
  try {
    const text =
      error instanceof Error ? `${headOf(error)}${error.cause instanceof Error ? ` (cause: ${headOf(error.cause)})` : ''}` : `thrown: ${printed(error)}`;
    return text.slice(0, LONGEST_ERROR).replaceAll('\0', '').toWellFormed();
  } catch {
    return 'thrown: something that cannot be described';
  }
}

/** Nest's clients throw plain objects, so their content is printed. */
function printed(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null ? inspect(thrown, { breakLength: Infinity }) : String(thrown);
}

function headOf(error: Error): string {
  return `${error.name === 'Error' ? error.constructor.name : error.name}: ${error.message}`;
}

/** Names the kind of a value that should have been something else. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? kindOfObject(value) : `a ${typeof value}`;
}

/** A value as it stands in a sentence. */
export function quoted(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : inspect(value);
}

/** The name that the language gives to the kind of an object: `Object`, `Array`, `Date`, `Map`... */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

function kindOfObject(value: object): string {
  const kind = tagOf(value);
  if (kind !== 'Object') return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
  return isIterable(value) ? 'something to iterate over' : 'an object';
}

/** A record of data: no list, and no Error, Date, Map, generator or stream, of which nothing would be left. */
export function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && kindOfObject(value) === 'an object';
}

function isIterable(value: object): boolean {
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

/** Describes an error with its stack, unless the stack is of no use, as that of a wrong result. */
export function traceOf(error: unknown): string {
  try {
    return error instanceof Error && !(error instanceof WrongResult) ? String(error.stack ?? describeError(error)) : describeError(error);
  } catch {
    return describeError(error); // its stack is a getter that throws
  }
}
