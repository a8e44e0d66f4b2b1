/** Checks the values of options: names, durations, methods, policies. Each check yields sentences without their subject. */
import { noDuration, parseDuration } from '../../values/duration.js';
import { RETRY_OPTIONS } from '../option-names.js';
import type { StepOptions } from '../step-options.js';
import { isClass, methodNames, methodOf } from '../source.js';
import { didYouMean } from '../../values/suggest.js';

export type Problems = Iterable<string>;

export const MAX_NAME = 100;

/** `where`: the prefix for options inside an option, such as `on: `. */
export function* unknownOptions(options: object, known: readonly string[], where = ''): Problems {
  for (const name of Object.keys(options)) if (!known.includes(name)) yield `${where}there is no option "${name}".${didYouMean(name, known)}`;
}

export function* durationProblems(value: unknown, option: string): Problems {
  if (value !== undefined && parseDuration(value) === null) yield `${option} ${noDuration(value)}`;
}

export function* schemaProblems(options: object, option: 'input' | 'response'): Problems {
  if (!(option in options)) return;
  const schema = (options as Record<string, unknown>)[option];
  if (schema === undefined) yield `its ${option} is undefined, probably as imports go in a circle.`;
  else if (!isSchema(schema)) yield `its ${option} is neither a class nor a Standard Schema.`;
}

export function isSchema(value: unknown): boolean {
  return isClass(value) || (typeof value === 'object' && value !== null && '~standard' in value);
}

/** The name must be a plain method of this object, and not a step. */
export function* methodProblems(host: object, option: string, name: unknown, steps: readonly string[], what: string): Problems {
  if (name === undefined) return;
  const said = wordOf(name);
  if (!methodOf(host, name)) yield `${option} "${said}" is not a method of ${host.constructor.name}.${didYouMean(said, methodNames(host))}`;
  else if (steps.includes(said)) yield `${option} "${said}" is a step itself. ${what} is a plain method, without @Step().`;
}

/** The value as its author wrote it. */
function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `where`: the prefix inside another option. */
export function* retryProblems(retry: StepOptions['retry'], where = ''): Problems {
  if (retry === undefined) return;
  const policy = typeof retry === 'object' && retry !== null ? retry : { attempts: retry };
  yield* unknownOptions(policy, RETRY_OPTIONS, where);
  if (!isCount(policy.attempts)) yield `${where}retry counts the tries in all: a whole number from 1, not ${String(policy.attempts)}.`;
  yield* durationProblems(policy.delay, `${where}retry.delay`);
  yield* durationProblems(policy.maxDelay, `${where}retry.maxDelay`);
  if (policy.backoff !== undefined && !['fixed', 'exponential'].includes(policy.backoff))
    yield `${where}retry.backoff is 'fixed' or 'exponential', not "${policy.backoff}".`;
}

export function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0;
}

const RULES = ['fail', 'suspend', 'cancel', 'compensate'];

/** `names`: the steps at which a rule may continue. Null: any name is accepted. */
export function* ruleProblems(rule: unknown, names: readonly string[] | null): Problems {
  if (rule === undefined || RULES.includes(rule as string)) return;
  const next = typeof rule === 'object' && rule !== null ? (rule as { next?: unknown }).next : undefined;
  if (next === undefined) return yield `onError is one of ${RULES.join(', ')}, or { next: '...' }, not ${JSON.stringify(rule)}.${didYouMean(wordOf(rule), RULES)}`; // prettier-ignore
  if (typeof next !== 'string' || (names && !names.includes(next)))
    yield `onError goes on at "${wordOf(next)}", which is not a step of the flow.${didYouMean(wordOf(next), names ?? [])}`;
}
