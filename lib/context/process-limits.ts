import type { Json, JsonObject } from '../values/json.js';
import { mostBytesOf } from './plain.js';

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

/** False: the values after a patch have at most so many bytes, for certain. Called with each step, so it counts only what it has not seen before. */
export function mayHaveMore(most: number, latest: JsonObject, set: JsonObject): boolean {
  let bytes = 0;
  for (const key in set) bytes += bytesOfEntry(key, set[key]!);
  if (bytes === 0) return false;
  for (const key in latest) if (!Object.hasOwn(set, key)) bytes += bytesOfEntry(key, latest[key]!);
  return bytes > most;
}

function bytesOfEntry(key: string, value: Json): number {
  return 4 + key.length * 6 + knownBytesOf(value);
}

const counted = new WeakMap<object, number>();

/** A value never changes once it is stored, and goes from version to version as the same object. */
function knownBytesOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return mostBytesOf(value);
  const known = counted.get(value) ?? mostBytesOf(value);
  counted.set(value, known);
  return known;
}
