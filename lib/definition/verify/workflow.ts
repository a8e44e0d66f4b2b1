import { atOption, atSteps } from '../document-paths.js';
import type { WorkflowSource } from '../source.js';
import { durationProblems, isCount, isSchema, keyProblems, MAX_NAME, type Problems, retryProblems, ruleProblems, unknownOptions } from './values.js';
import { stepNames } from './place.js';

const WORKFLOW_OPTIONS = ['name', 'version', 'context', 'completeWhen', 'defaults', 'within', 'config'];
const DEFAULTS = ['retry', 'timeout', 'onError'];

/** What is said of a workflow as a whole. */
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
  yield* defaultProblems(source);
}

/** A flow may be empty, and says so; without one, somebody forgot something. */
function* emptiness(source: WorkflowSource): Problems {
  const { flow, steps } = source;
  if (flow) return;
  if (steps.length === 0) yield 'it has no steps. Put @Step() on its methods.';
  else if (steps.every((step) => step.options.unsolicited))
    yield `${atSteps(source)}all its steps are unsolicited, so it would end at once. Add a step that stands in the flow.`;
}

function* defaultProblems(source: WorkflowSource): Problems {
  const { defaults = {} } = source.options;
  yield* unknownOptions(defaults, DEFAULTS, 'defaults: ');
  yield* retryProblems(defaults.retry);
  yield* durationProblems(defaults.timeout, 'timeout');
  yield* ruleProblems(defaults.onError, stepNames(source));
}
