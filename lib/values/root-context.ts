import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs `work` in the async context in which this function was made, so that `work` sees no request of the application. */
export type RunInRoot = <T>(work: () => T) => T;

/** Captures the async context of now. Called when the application boots. */
export function rootContext(): RunInRoot {
  return AsyncLocalStorage.snapshot() as RunInRoot;
}
