import { didYouMean } from '../../values/suggest.js';
import { atOption } from '../document-paths.js';
import type { WorkflowSource, WrittenStep } from '../source.js';
import { listedStage } from '../stages.js';
import type { StageOptions } from '../workflow-options.js';
import { groupProblems, repeatProblems } from './place-problems.js';
import { overdueProblems } from './step-problems.js';
import { keyProblems } from './key-problems.js';
import { type Problems, unknownOptions } from './value-problems.js';

const STAGE_POLICY = ['within', 'required', 'onError', 'overdue'] as const;
const STAGE_PLACE = ['parallel', 'forEach', 'concurrency', 'if', 'while'] as const;

/** Checks the options of a stage in a builder. */
export function* stageProblems(source: WorkflowSource, { name, policy }: { readonly name: string; readonly policy: StageOptions }): Problems {
  for (const problem of optionProblems(source, policy, STAGE_POLICY)) yield `stage "${name}": ${problem}`;
}

function* optionProblems(source: WorkflowSource, policy: StageOptions, known: readonly string[]): Problems {
  yield* unknownOptions(policy, known);
  yield* overdueProblems(policy.overdue, source, source.instance);
  if (policy.within !== undefined) yield* keyProblems(policy.within, 'within', source.options.context);
  if (policy.required === false && policy.onError !== undefined && policy.onError !== 'compensate')
    yield "it is not required, so its onError counts only where that is 'compensate': leave out one of the two.";
}

/** Checks the stages that a class or a document lists. */
export function* stageTableProblems(source: WorkflowSource): Problems {
  const { stages } = source.options;
  if (stages === undefined) return;
  if (typeof stages !== 'object' || stages === null) return yield 'stages are an object: the name of each stage, and its options.';
  const at = atOption(source, 'stages');
  if (typeof source.flow === 'function') return yield 'it lists stages beside its flow: say each there, as stage(name, body, policy).';
  for (const [name, options] of Object.entries(stages))
    for (const problem of [...listedProblems(source, name, options), ...memberProblems(source, name)]) yield `${at}stage "${name}": ${problem}`;
}

function* listedProblems(source: WorkflowSource, name: string, options: StageOptions): Problems {
  if (typeof options !== 'object' || options === null) return yield "its options are an object, for instance { within: '7 days' }.";
  yield* optionProblems(source, options, [...STAGE_POLICY, ...STAGE_PLACE]);
  for (const key of ['forEach', 'if', 'while'] as const) if (options[key] !== undefined) yield* keyProblems(options[key], key, source.options.context);
  yield* repeatProblems(options);
  if (source.flow === undefined) yield* groupProblems({ options });
  else if (options.parallel !== undefined) yield 'it says parallel, but the order is that of the flow: a digraph has no parallel parts.';
}

function* memberProblems(source: WorkflowSource, name: string): Problems {
  const labels = [...new Set(source.steps.flatMap(({ options }) => options.stage ?? []))];
  const isMember = (step: WrittenStep) => listedStage(source, step) === name;
  if (!labels.includes(name)) yield `no step belongs to it. Say stage: '${name}' on its steps.${didYouMean(name, labels)}`;
  for (const { name: step, options } of source.steps.filter(isMember)) if (options.unsolicited) yield `"${step}" is unsolicited, and stands beside the flow: it belongs to no stage with options.`; // prettier-ignore
  if (source.flow === undefined && !standTogether(source.steps.filter(({ options }) => !options.unsolicited).map(isMember)))
    yield 'its steps do not stand together. Write them one after the other, or name a second stage.';
}

function standTogether(members: readonly boolean[]): boolean {
  return members.filter((isIn, i) => isIn && !members[i - 1]).length < 2;
}
