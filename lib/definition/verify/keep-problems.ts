import { noDuration, parseDuration } from '../../values/duration.js';
import { isRecord } from '../../values/describe-error.js';
import { KEEP_OPTIONS } from '../option-names.js';
import { type Problems, unknownOptions } from './value-problems.js';

/** Checks how long finished processes are kept, and what else the module keeps: `known` are the names. */
export function* keepProblems(keep: unknown, known: readonly string[] = KEEP_OPTIONS): Problems {
  if (keep === undefined) return;
  if (!isRecord(keep)) return yield `keep says how long finished processes are kept, such as { completed: '30 days' }, not ${JSON.stringify(keep)}.`;
  if ('failed' in keep) yield 'keep.failed: a failed process has not finished, it waits for a person: retry it, or cancel it and say keep.cancelled.';
  const { failed: _told, ...others } = keep as Record<string, unknown>;
  yield* unknownOptions(others, known, 'keep: ');
  for (const name of known) yield* timeProblems(name, others[name]);
}

function* timeProblems(name: string, value: unknown): Problems {
  if (value === undefined || value === 'forever') return;
  const ms = parseDuration(value);
  if (ms === null) yield `keep.${name} ${noDuration(value)} Or say 'forever'.`;
  else if (ms === 0) yield `keep.${name} is no time at all${name === 'completed' ? ': say deleteOnCompletion: true' : ": say for instance '1 day'"}.`;
}
