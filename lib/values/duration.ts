import { quoted } from './describe-error.js';
import type { Duration } from './types.js';

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

/** The longest duration: a time computed with it is still a valid date. */
const LONGEST = 1000 * 366 * DAY;

/** Whole milliseconds, as rows hold them; null if the value is no duration. */
export function parseDuration(value: unknown): number | null {
  const ms = Math.round(typeof value === 'number' ? value : amountOf(value));
  return ms >= 0 && ms <= LONGEST ? ms : null;
}

/** The milliseconds of a text, unrounded; NaN if the value is no duration. */
function amountOf(value: unknown): number {
  const [, amount, unit] = (typeof value === 'string' && /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(value)) || [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  return factor === undefined ? Number.NaN : Number(amount) * factor;
}

/** Milliseconds. @throws TypeError if it is no duration */
export function milliseconds(value: Duration): number {
  const parsed = parseDuration(value);
  if (parsed === null) throw new TypeError(noDuration(value));
  return parsed;
}

/** The sentence for a value that is no duration, with the remedy. */
export function noDuration(value: unknown): string {
  return `${quoted(value)} is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.`;
}
