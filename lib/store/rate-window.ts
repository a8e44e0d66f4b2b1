import type { Rate } from './port.js';

/** How many tasks of a queue were taken since when. */
export interface RateWindow {
  readonly from: number;
  readonly taken: number;
}

/** The window under way, or a new one. */
export function windowAt(last: RateWindow, { now, rate }: { readonly now: number; readonly rate: Rate }): RateWindow {
  return now < last.from + rate.perMs ? last : { from: now, taken: 0 };
}

export function leftIn({ taken }: RateWindow, { max }: Rate): number {
  return Math.max(0, max - taken);
}
