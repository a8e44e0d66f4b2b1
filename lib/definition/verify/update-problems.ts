import type { Json } from '../../values/json.js';
import { isPattern, senderName } from '../../values/sender-name.js';
import type { SenderRef } from '../../values/types.js';
import { type Problems, unknownOptions } from './value-problems.js';

const UPDATE_OPTIONS = ['to', 'pattern', 'context'];

/** Checks where the updates of a workflow go. `senderProblem` tells what is wrong with a sender of this name; null: nothing. */
export function* updateProblems(updates: unknown, senderProblem: (name: string, pattern: Json) => string | null = () => null): Problems {
  if (updates === undefined) return;
  if (typeof updates !== 'object' || updates === null) return yield `updates is { to, pattern }, not ${JSON.stringify(updates)}.`;
  yield* unknownOptions(updates, UPDATE_OPTIONS, 'updates: ');
  const { to, pattern, context = false } = updates as { to?: SenderRef; pattern?: unknown; context?: unknown };
  const name = senderName(to as SenderRef);
  const problem = name === null ? 'to is the injection token of a client: a class, a string or a symbol' : senderProblem(name, pattern as Json);
  if (problem !== null) yield `updates: ${problem}${problem.endsWith('.') || problem.endsWith('?') ? '' : '.'}`;
  if (!isPattern(pattern)) yield `updates: pattern is a string that is not empty, or an object, not ${JSON.stringify(pattern)}.`;
  if (typeof context !== 'boolean') yield `updates: context is true or false, not ${JSON.stringify(context)}.`;
}
