/** What a test runner brings; jest's and vitest's globals both fit. */
export interface TestKit {
  readonly describe: (name: string, define: () => void) => void;
  readonly it: (name: string, test: () => Promise<void> | void) => void;
  readonly beforeEach: (hook: () => Promise<void> | void) => void;
  readonly afterEach: (hook: () => Promise<void> | void) => void;
  // The matchers of two test runners in one type would be a library of its own.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly expect: (actual: unknown) => any;
}

/** The runner's globals, unless it was handed over. */
export function kitOf(kit?: TestKit): TestKit {
  const found = kit ?? (globalThis as unknown as TestKit);
  if (typeof found.describe !== 'function')
    throw new Error('There is no `describe` here: turn on the globals of your test runner, or hand over its functions.');
  return found;
}
