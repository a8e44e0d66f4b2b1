import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs `work` in the async context in which it was made: no request of the application is seen in it. */
export type RunInRoot = <T>(work: () => T) => T;

/** Of now, when the application boots. */
export function rootContext(): RunInRoot {
  return AsyncLocalStorage.snapshot() as RunInRoot;
}
