import { inspect } from 'node:util';
import { howMany } from './how-many.js';
import { redacted } from './redaction.js';

/** Longer error texts are cut, to keep the history small. */
const LONGEST_ERROR = 8000;
const MOST_CAUSES = 5;

/** The body returned something that is never valid, so no other attempt will help. */
export class WrongResult extends Error {
  override readonly name = 'WrongResult';
}

/** `Class: message`, and the causes behind it, redacted. Never throws, whatever was thrown. */
export function describeError(error: unknown): string {
  try {
    const text = error instanceof Error ? headsOf(error) : `thrown: ${printed(error)}`;
    return redacted(text).slice(0, LONGEST_ERROR).replaceAll('\0', '').toWellFormed();
  } catch {
    return 'thrown: something that cannot be described';
  }
}

/** An error with its causes. These may form a circle. */
function headsOf(error: Error): string {
  const heads = [headOf(error)];
  for (let cause = causeOf(error); cause && heads.length < MOST_CAUSES; cause = causeOf(cause)) heads.push(` (cause: ${headOf(cause)})`);
  return heads.join('');
}

function causeOf(error: Error): Error | undefined {
  return readOr(() => (error.cause instanceof Error ? error.cause : undefined), undefined);
}

/** Nest's clients throw plain objects, so their content is printed. */
function printed(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null ? inspect(thrown, { breakLength: Infinity }) : String(thrown);
}

function headOf(error: Error): string {
  const name = readOr(() => String(error.name === 'Error' ? error.constructor.name : error.name), 'an error');
  return `${name}: ${readOr(() => String(error.message), 'its message cannot be read')}${innerHeads(error)}`;
}

/** What an AggregateError, such as that of a connection to several addresses, says by its errors: its own message is often empty. */
function innerHeads(error: Error): string {
  const inner = readOr(() => (error instanceof AggregateError ? error.errors : []), []) as readonly unknown[];
  if (inner.length === 0) return '';
  const told = inner.slice(0, MOST_CAUSES).map((each) => (each instanceof Error ? `${each.constructor.name}: ${each.message}` : String(each)));
  return ` (${howMany(inner.length, 'error')}: ${told.join('; ')}${inner.length > MOST_CAUSES ? '; ...' : ''})`;
}

/** A getter of an error may throw: then only this part of it is lost. */
function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
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

/** Describes an error with its stack, redacted, unless the stack is of no use, as that of a wrong result. */
export function traceOf(error: unknown): string {
  try {
    if (!(error instanceof Error) || error instanceof WrongResult || typeof error.stack !== 'string') return describeError(error);
    return redacted(error.stack + innerHeads(error));
  } catch {
    return describeError(error); // its stack is a getter that throws
  }
}
