import { clearTimeout, setTimeout } from './timers.js';

/** Waits, but not for ever: false if it took longer. A later result is ignored, also a rejection. */
export async function inTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, ms, false)));
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
