import type { KeepOptions, ModuleKeepOptions } from './workflow-options.js';
import type { ChildOptions, CompensateOptions, EventOptions, OverdueOptions, ParallelOptions, RetryPolicy, StepOptions } from './step-options.js';

/** `never`, unless the list has every name of the type. An option missing here would be reported as a misspelling. */
type Complete<T, Names extends readonly PropertyKey[]> = [KeysOf<T>] extends [Names[number]] ? Names : never;
type KeysOf<T> = T extends unknown ? keyof T : never;

function all<T>() {
  return <const Names extends readonly KeysOf<T>[]>(...names: Names & Complete<T, Names>): Names => names;
}

/** Every option of a step. Any other name is reported as a misspelling. The lists below are for options inside options. */
export const STEP_OPTIONS = all<StepOptions>()(
  'name', 'next', 'parallel', 'independent', 'unsolicited', 'if', 'while', 'forEach', 'concurrency', 'stage',
  'when', 'input', 'request', 'response', 'on', 'after', 'child',
  'queue', 'retry', 'timeout', 'within', 'every', 'completeBy', 'required', 'onError', 'overdue', 'config', 'transactional', 'compensate',
); // prettier-ignore
export const EVENT_OPTIONS = all<EventOptions>()('event', 'key', 'since', 'matchOne', 'skipAhead', 'reprocess');
export const CHILD_OPTIONS = all<ChildOptions>()('workflow', 'with', 'detached', 'onParentCancel');
export const PARALLEL_OPTIONS = all<ParallelOptions>()('group', 'join', 'losers');
export const OVERDUE_OPTIONS = all<OverdueOptions>()('after', 'do');
export const COMPENSATE_OPTIONS = all<CompensateOptions>()('do', 'request', 'response', 'retry', 'timeout', 'within');
export const KEEP_OPTIONS = all<KeepOptions>()('completed', 'cancelled');
export const MODULE_KEEP_OPTIONS = all<ModuleKeepOptions>()('completed', 'cancelled', 'bulkRuns', 'pauses');
export const RETRY_OPTIONS = all<RetryPolicy>()('attempts', 'delay', 'backoff', 'maxDelay', 'jitter', 'unless');
