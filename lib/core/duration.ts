import type { Duration } from '../values.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND, second: SECOND, seconds: SECOND,
  m: MINUTE, minute: MINUTE, minutes: MINUTE,
  h: HOUR, hour: HOUR, hours: HOUR,
  d: DAY, day: DAY, days: DAY,
  week: 7 * DAY, weeks: 7 * DAY,
}; // prettier-ignore

/** Milliseconds, or null if it is no duration. */
export function parseDuration(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : null;
  const [, amount, unit] = (typeof value === 'string' && /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(value)) || [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  return factor === undefined ? null : Number(amount) * factor;
}

/** Milliseconds. @throws TypeError if it is no duration */
export function milliseconds(value: Duration): number {
  const parsed = parseDuration(value);
  if (parsed === null) throw new TypeError(`${JSON.stringify(value)} is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.`);
  return parsed;
}
