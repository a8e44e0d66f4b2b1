import { atOption, atSteps } from '../document-paths.js';
import type { DefinitionDefaults, WorkflowSource } from '../source.js';
import { keepProblems } from './keep-problems.js';
import { keyProblems } from './key-problems.js';
import { searchableProblems } from './searchable-problems.js';
import { durationProblems, isCount, isSchema, MAX_NAME, type Problems, retryProblems, ruleProblems, unknownOptions } from './value-problems.js';
import { stepNames } from './place-problems.js';
import { stageTableProblems } from './stage-problems.js';

const WORKFLOW_OPTIONS = [
  'name',
  'version',
  'context',
  'completeWhen',
  'defaults',
  'within',
  'stages',
  'deleteOnCompletion',
  'keep',
  'updates',
  'searchable',
  'config',
];
const DEFAULTS = ['retry', 'timeout', 'onError'];

/** Checks the options of a workflow. */
export function* workflowProblems(source: WorkflowSource): Problems {
  const { options, className, document } = source;
  yield* unknownOptions(options, WORKFLOW_OPTIONS);
  if (typeof options.name !== 'string' || options.name.trim() === '')
    yield document ? 'name is empty.' : `it has no name. Say @Workflow({ name: '${className.toLowerCase()}' }).`;
  else if (options.name.length > MAX_NAME) yield `${atOption(source, 'name')}its name has more than ${MAX_NAME} characters.`;
  if (options.version !== undefined && !isCount(options.version)) yield `version ${String(options.version)} is not a whole number from 1.`;
  yield* emptiness(source);
  if (options.context !== undefined && !isSchema(options.context)) yield `${atOption(source, 'context')}its context is neither a class nor a Standard Schema.`;
  if (options.completeWhen !== undefined) yield* keyProblems(options.completeWhen, 'completeWhen', options.context);
  yield* durationProblems(options.within, 'within');
  if (typeof (options.deleteOnCompletion ?? false) !== 'boolean')
    yield `deleteOnCompletion is true or false, not ${JSON.stringify(options.deleteOnCompletion)}.`;
  yield* searchableProblems(options);
  yield* keepProblems(options.keep);
  if (options.deleteOnCompletion === true && options.keep?.completed !== undefined)
    yield 'deleteOnCompletion deletes a completed process at once, and keep.completed later: say one of them.';
  yield* stageTableProblems(source);
  yield* defaultProblems(options.defaults ?? {}, stepNames(source));
}

/** Reports a workflow without steps. An explicit `flow` may be empty; without one, the steps were forgotten. */
function* emptiness(source: WorkflowSource): Problems {
  const { flow, steps } = source;
  if (flow) return;
  if (steps.length === 0) yield 'it has no steps. Put @Step() on its methods.';
  else if (steps.every((step) => step.options.unsolicited))
    yield `${atSteps(source)}all its steps are unsolicited, so it would end at once. Add a step that stands in the flow.`;
}

/** `names`: the steps at which a rule may continue. Null: each workflow checks that itself. */
export function* defaultProblems(defaults: DefinitionDefaults, names: readonly string[] | null): Problems {
  if (typeof defaults !== 'object' || defaults === null) return yield `defaults: they are an object, not ${JSON.stringify(defaults)}.`;
  yield* unknownOptions(defaults, DEFAULTS, 'defaults: ');
  for (const problem of workflowPolicyProblems(defaults, names)) yield `defaults: ${problem}`;
}

function* workflowPolicyProblems({ retry, timeout, onError }: DefinitionDefaults, names: readonly string[] | null): Problems {
  yield* retryProblems(retry);
  yield* durationProblems(timeout, 'timeout');
  yield* ruleProblems(onError, names);
}
