import { isCount, type Problems, unknownOptions } from './value-problems.js';

/** Checks the options of a `forEach`. */
export function* eachProblems(name: string, options: unknown): Problems {
  if (typeof options !== 'object' || options === null) return yield `${name}: its options are an object: { concurrency: 2 }.`;
  yield* unknownOptions(options, ['concurrency'], `${name}: `);
  const { concurrency } = options as { concurrency?: unknown };
  if (concurrency !== undefined && !isCount(concurrency)) yield `${name}: concurrency ${String(concurrency)} is not a whole number from 1.`;
}

/** Checks the options of an `any`. */
export function* raceProblems(name: string, options: object): Problems {
  yield* unknownOptions(options, ['losers'], `${name}: `);
  const { losers } = options as { losers?: unknown };
  if (losers !== undefined && losers !== 'cancel' && losers !== 'finish') yield `${name}: losers is 'cancel' or 'finish', not ${JSON.stringify(losers)}.`;
}

/** Reports a call without branches: the flow would never continue after it. */
export function* branchProblems(word: string, branches: readonly unknown[]): Problems {
  if (branches.length === 0) yield `its flow says ${word}() without branches: say what is to be done.`;
}
