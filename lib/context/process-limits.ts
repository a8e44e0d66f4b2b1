import { ValueTooLargeError } from '../values/errors.js';
import type { Json, JsonObject } from '../values/json.js';

/** How much one process may hold. */
export interface ProcessLimits {
  /** All values of its context as JSON, in bytes. */
  readonly context: number;
  /** Notes of one attempt. */
  readonly notes: number;
  /** Lines that are kept of the log of one attempt. */
  readonly logLines: number;
  /** Items of one `forEach`. */
  readonly items: number;
  /** Children inside one another. */
  readonly generations: number;
}

export const PROCESS_LIMITS: ProcessLimits = { context: 4 * 1024 * 1024, notes: 200, logLines: 200, items: 50_000, generations: 50 };

/**
 * Checks all values of a context together. Called with each step, so it measures only what it has not seen before, and counts texts
 * by their length at first. @throws ValueTooLargeError
 */
export function checkTotal(values: JsonObject, most: number): void {
  let bytes = 0;
  for (const key in values) bytes += key.length * BYTES_OF_CHAR + mostBytesOf(values[key]!);
  if (bytes <= most) return;
  const exact = Buffer.byteLength(JSON.stringify(values));
  if (exact > most) throw new ValueTooLargeError('The context, with the new values,', exact, most);
}

/** Of JSON, at most: `\u0000`. */
const BYTES_OF_CHAR = 6;
const measured = new WeakMap<object, number>();

/** A value never changes once it is stored, and goes from version to version as the same object. */
function mostBytesOf(value: Json): number {
  if (typeof value === 'string') return value.length * BYTES_OF_CHAR;
  if (typeof value !== 'object' || value === null) return 25;
  const known = measured.get(value) ?? Buffer.byteLength(JSON.stringify(value));
  measured.set(value, known);
  return known;
}
