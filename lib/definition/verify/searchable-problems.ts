import { isClass } from '../source.js';
import { searchableKeys } from '../searchable.js';
import type { WorkflowOptions } from '../workflow-options.js';
import { unknownKey } from './key-problems.js';
import { MAX_NAME, type Problems } from './value-problems.js';

/** Each of them is a row for each process. */
const MOST_SEARCHABLE = 20;

/** Checks the keys by whose values processes are found. */
export function* searchableProblems(options: WorkflowOptions): Problems {
  const { context, searchable } = options;
  if (searchable !== undefined && !isListOfNames(searchable)) return yield `searchable is a list of keys of the context, not ${JSON.stringify(searchable)}.`;
  const keys = searchableKeys(options);
  if (keys.length > MOST_SEARCHABLE) yield `it has ${keys.length} searchable keys; at most ${MOST_SEARCHABLE} are taken.`;
  for (const key of keys) if (key.length > MAX_NAME) yield `searchable "${key.slice(0, 20)}..." has more than ${MAX_NAME} characters.`;
  for (const key of searchable ?? []) yield* unknownKey(key, 'searchable', isClass(context) || typeof context === 'object' ? context : undefined);
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
}
