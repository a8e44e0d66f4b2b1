/** Finds what a change alters in the table of search values. */
import { searchText } from '../context/search-text.js';
import type { Change, SearchValue } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { FAILURE, failureText } from '../core/failure-text.js';
import type { JsonObject } from '../values/json.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { KnownProcess } from './decide.js';

const NO_KEYS: readonly string[] = [];

/** The change with its search values: most changes have none, and stay as they are. */
export function withSearch(registry: WorkflowRegistry, before: KnownProcess | null, change: Change, context: JsonObject): Change {
  const keys = searchableOf(registry, change.process);
  const old = before === null ? NO_KEYS : isSameVersion(before.process, change.process) ? keys : searchableOf(registry, before.process);
  const failed = change.process.status === 'failed' || before?.process.status === 'failed';
  if (!failed && old.length + keys.length === 0) return change;
  const search = [...valueChanges({ keys: old, context: before?.context ?? {} }, { keys, context }), ...failureChange(before?.process, change.process)];
  return search.length > 0 ? { ...change, search } : change;
}

/** As of nearly all changes: then the keys are looked up once. */
function isSameVersion(before: ProcessState, after: ProcessState): boolean {
  return before.workflowVersion === after.workflowVersion;
}

function searchableOf(registry: WorkflowRegistry, { workflow, workflowVersion }: ProcessState): readonly string[] {
  return registry.find(workflow, workflowVersion)?.searchable ?? NO_KEYS;
}

interface SearchedContext {
  readonly keys: readonly string[];
  readonly context: JsonObject;
}

function valueChanges(before: SearchedContext, after: SearchedContext): SearchValue[] {
  const names = new Set([...before.keys, ...after.keys]);
  return [...names].flatMap((name) => {
    const [old, value] = [textIn(before, name), textIn(after, name)];
    return old === value ? [] : [{ name, value }];
  });
}

function textIn({ keys, context }: SearchedContext, key: string): string | null {
  return keys.includes(key) && Object.hasOwn(context, key) ? searchText(context[key]) : null;
}

function failureChange(before: ProcessState | undefined, after: ProcessState): SearchValue[] {
  const [old, value] = [before ? failureText(before) : null, failureText(after)];
  return old === value ? [] : [{ name: FAILURE, value }];
}
