import { createRequire } from 'node:module';

/** The file of a package that the application has loaded, so that a thread can load the same. */
export function fileOfModule(exports: unknown): string | null {
  const loaded = Object.entries(createRequire(process.execPath).cache); // that of all modules, whatever file asks for it
  return loaded.find(([, module]) => module?.exports === exports)?.[0] ?? null;
}

/** A copy of options that can be sent to a thread. Null: some of them cannot. */
export function sendable(options: object): object | null {
  try {
    return structuredClone(options);
  } catch {
    return null; // a function, such as one that makes a password
  }
}
