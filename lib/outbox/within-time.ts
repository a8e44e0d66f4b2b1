import type { Timers } from '../values/clock.js';

/** The result of `work`, or an error if it takes longer. The signal is aborted then. */
export async function withinTime<T>(timers: Timers, ms: number, work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const controller = new AbortController();
  let cancel = () => {};
  const late = new Promise<never>((_resolve, reject) => {
    cancel = timers.after(ms, () => {
      const error = new Error(`it took longer than ${ms} ms`);
      controller.abort(error);
      reject(error);
    });
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    cancel();
  }
}
