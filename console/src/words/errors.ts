import type { StepRun } from '../api/types.js';

/** Of an error: without its stack. */
export function firstLine(error: string | null): string {
  return error?.split('\n', 1)[0] ?? '';
}

/** A cause often begins with the step, which stands before it already. */
export function causeWords(cause: string, where: string): string {
  return where !== '' && cause.startsWith(`${where}: `) ? cause.slice(where.length + 2) : cause;
}

/** The newest error, unless the step is done since. */
export function errorShown([newest, ...before]: readonly StepRun[]): string | null {
  if (newest === undefined || newest.state === 'done') return newest?.error ?? null;
  return [newest, ...before].find((each) => each.run === newest.run && each.error !== null)?.error ?? null;
}
