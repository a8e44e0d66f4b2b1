import type { Rate } from './port.js';

/** The start of a rate window, and how many tasks of the queue were taken in it. */
export interface RateWindow {
  readonly from: number;
  readonly taken: number;
}

/** The current window, or a new one if it has ended, if there was none, or if nothing was taken in it: it begins with the first task. */
export function windowAt(last: RateWindow | undefined, { now, rate }: { readonly now: number; readonly rate: Rate }): RateWindow {
  return last && last.taken > 0 && now < last.from + rate.perMs ? last : { from: now, taken: 0 };
}

export function leftIn({ taken }: RateWindow, { max }: Rate): number {
  return Math.max(0, max - taken);
}
