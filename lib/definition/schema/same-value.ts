import type { CheckWork } from './work.js';

/** Whether two values of JSON are the same; the order of keys does not count. */
export function isSame(a: unknown, b: unknown, work: CheckWork): boolean {
  work.spend(0.5);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== others.length) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(b, key) && isSame(left[key], right[key], work));
}

/** A text that only the same value has. */
export function sameText(value: unknown, work: CheckWork): string {
  work.spend(1);
  if (typeof value === 'string') work.spend(value.length / 8);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each) => sameText(each, work)).join()}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sameText((value as Record<string, unknown>)[key], work)}`).join()}}`;
}
