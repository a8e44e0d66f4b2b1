import { inspect } from 'node:util';

/** Longer stories are cut: an error is a hint in the history, not a file. */
const LONGEST_ERROR = 8000;

/** What a body gave cannot be what it meant: no other try will help. */
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

/** Nest's clients throw plain objects: what is in them is all there is to know. */
function printed(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null ? inspect(thrown, { breakLength: Infinity }) : String(thrown);
}

function headOf(error: Error): string {
  return `${error.name === 'Error' ? error.constructor.name : error.name}: ${error.message}`;
}

/** What somebody gave, where it should have been something else. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** With its stack, where whoever reads it can do something with that. */
export function traceOf(error: unknown): string {
  return error instanceof Error && !(error instanceof WrongResult) ? (error.stack ?? describeError(error)) : describeError(error);
}
