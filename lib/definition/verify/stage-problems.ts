import type { StageBlock } from '../blocks.js';
import type { WorkflowSource } from '../source.js';
import { overdueProblems } from './step-problems.js';
import { keyProblems, type Problems, unknownOptions } from './value-problems.js';

const STAGE_OPTIONS = ['within', 'required', 'onError', 'overdue'];

/** Checks the options of a stage. */
export function* stageProblems(source: WorkflowSource, { name, policy }: Pick<StageBlock, 'name' | 'policy'>): Problems {
  const said = [...unknownOptions(policy, STAGE_OPTIONS), ...overdueProblems(policy.overdue, source, source.instance)];
  if (policy.within !== undefined) said.push(...keyProblems(policy.within, 'within', source.options.context));
  if (policy.required === false && policy.onError !== undefined && policy.onError !== 'compensate')
    said.push("it is not required, so its onError counts only where that is 'compensate': leave out one of the two.");
  for (const problem of said) yield `stage "${name}": ${problem}`;
}
