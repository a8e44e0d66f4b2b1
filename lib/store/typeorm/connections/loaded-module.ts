import { createRequire } from 'node:module';

/** The file of a package that the application has loaded: a thread loads the same. */
export function fileOfModule(exports: unknown): string | null {
  const loaded = Object.entries(createRequire(import.meta.url).cache);
  return loaded.find(([, module]) => module?.exports === exports)?.[0] ?? null;
}

/** Options without what can be left out; null: some of them cannot be sent to a thread. */
export function sendable(options: object): object | null {
  try {
    return structuredClone(options);
  } catch {
    return null; // a function, as one that makes a password
  }
}
