/** The functions of a test runner. The globals of jest and vitest both fit. */
export interface TestKit {
  readonly describe: (name: string, define: () => void) => void;
  readonly it: (name: string, test: () => Promise<void> | void) => void;
  readonly beforeEach: (hook: () => Promise<void> | void) => void;
  readonly afterEach: (hook: () => Promise<void> | void) => void;
  // A type for the matchers of two test runners would be a library of its own.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly expect: (actual: unknown) => any;
}

/** The kit that was handed over, else the runner's globals. */
export function kitOf(kit?: TestKit): TestKit {
  const found = kit ?? (globalThis as unknown as TestKit);
  if (typeof found.describe !== 'function')
    throw new Error('There is no `describe` here: turn on the globals of your test runner, or hand over its functions.');
  return found;
}
