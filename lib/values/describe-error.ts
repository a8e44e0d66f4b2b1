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
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Describes an error with its stack, unless the stack is of no use, as that of a wrong result. */
export function traceOf(error: unknown): string {
  try {
    return error instanceof Error && !(error instanceof WrongResult) ? String(error.stack ?? describeError(error)) : describeError(error);
  } catch {
    return describeError(error); // its stack is a getter that throws
  }
}
