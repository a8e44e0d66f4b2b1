import { PARALLEL_OPTIONS } from '../option-names.js';
import type { StepOptions } from '../step-options.js';
import { END, type WorkflowDefinition } from '../graph.js';
import { homesOf } from '../homes.js';
import type { WorkflowSource, WrittenStep } from '../source.js';
import { didYouMean } from '../../values/suggest.js';
import { wholeStage } from '../whole-stage.js';
import { groupOf } from '../written-order.js';
import { isCount, type Problems, unknownOptions } from './value-problems.js';

/** Collected once and not for each step: a document may have ten thousand. */
const namesOf = new WeakMap<WorkflowSource['steps'], readonly string[]>();

/** The steps that an edge may lead to, and the end. */
export function stepNames({ steps }: WorkflowSource): readonly string[] {
  const known = namesOf.get(steps) ?? [...steps.filter((step) => !step.options.unsolicited).map(({ name }) => name), END];
  namesOf.set(steps, known);
  return known;
}

/** Checks the place that a step declares. */
export function* placeProblems(source: WorkflowSource, definition: WorkflowDefinition, step: WrittenStep): Problems {
  yield* source.flow ? twoOrders(step) : nextProblems(source, step);
  yield* groupProblems(step);
  yield* repeatProblems(step.options);
  yield* decisionProblems(source, definition, step);
  if (step.options.unsolicited) yield* asideProblems(step.options);
  else yield* aheadProblems(definition, step);
}

/** To skip ahead into a branch would have to say what becomes of the other branches. */
function* aheadProblems(definition: WorkflowDefinition, { name, options: { on } }: WrittenStep): Problems {
  if (typeof on !== 'object' || on === null || !on.skipAhead) return;
  const home = homesOf(definition).get(name);
  if (home === undefined || home === '' || home === wholeStage(definition)?.name) return;
  yield `it stands in "${home}", so nothing can skip ahead to it: put it behind that, or leave out on.skipAhead.`;
}

/** Reports options of order in a workflow with a `flow`: only one of them may give the order. */
function* twoOrders({ options }: WrittenStep): Problems {
  for (const option of ['next', 'parallel', 'independent'] as const) {
    const said = options[option];
    if (said === undefined || said === false || (options.unsolicited && option === 'next')) continue;
    yield `it says ${option}, but the order is that of the flow: leave out ${option}, and say it there.`;
  }
}

function* nextProblems({ steps }: WorkflowSource, { options }: WrittenStep): Problems {
  if (options.next === undefined) return;
  const names = steps.filter((step) => !step.options.unsolicited).map((step) => step.name);
  const next = [options.next].flat();
  for (const name of next)
    if (name !== END && !names.includes(name)) yield `next "${String(name)}" is not a step of the flow.${didYouMean(String(name), [...names, END])}`;
  if (Array.isArray(options.next) && next.length < 2) yield 'a decision has at least two steps to choose from; for one, say its name without a list.';
  if (new Set(next).size < next.length) yield 'next names a step twice.';
  for (const name of next) {
    const inside = steps.filter((step) => step.name === name).map(groupOf)[0];
    if (inside !== undefined)
      yield `next "${name}" stands inside the parallel group "${inside}", which can only be entered as a whole. Put a step before the group, and name that.`;
  }
}

/** Checks the group of a step or a stage. */
export function* groupProblems({ options }: { readonly options: StepOptions }): Problems {
  const { parallel, independent, next } = options;
  if (parallel === undefined) return independent && next !== undefined ? yield 'it is independent, so it cannot say next: what follows waits for all that has begun.' : undefined; // prettier-ignore
  const group: unknown = typeof parallel === 'object' && parallel !== null ? parallel.group : parallel;
  if (typeof group !== 'string' || group === '') yield 'parallel must be the name of a group.';
  if (next !== undefined) yield `it stands in the parallel group "${String(group)}", so it cannot say next: the group goes on when all of it has ended.`;
  if (independent) yield `it is independent, and so in no parallel group: leave out one of the two.`;
  if (typeof parallel !== 'object' || parallel === null) return;
  yield* unknownOptions(parallel, PARALLEL_OPTIONS, 'parallel: ');
  const { join = 'all', losers } = parallel as { join?: unknown; losers?: unknown };
  if (join !== 'all' && join !== 'any') yield `parallel.join is 'all' or 'any', not ${JSON.stringify(join)}.`;
  if (losers !== undefined && join !== 'any') yield "parallel.losers are those of join: 'any'; where all are waited for, nobody loses.";
  if (losers !== undefined && losers !== 'cancel' && losers !== 'finish') yield `parallel.losers is 'cancel' or 'finish', not ${JSON.stringify(losers)}.`;
}

export function* repeatProblems({ concurrency, forEach }: Pick<StepOptions, 'concurrency' | 'forEach'>): Problems {
  if (concurrency === undefined) return;
  if (forEach === undefined) yield 'concurrency counts the items of forEach, which is not there.';
  if (!isCount(concurrency)) yield `concurrency ${String(concurrency)} is not a whole number from 1.`;
}

/** Reports a decision that may be skipped or repeated: no branch would be chosen then. */
function* decisionProblems(source: WorkflowSource, definition: WorkflowDefinition, { name, options }: WrittenStep): Problems {
  const choices = edgesToChoose(source, definition, name);
  if (choices === 1) yield 'a decision has at least two branches to choose from.';
  if (choices < 2) return;
  if (options.completeBy !== undefined) yield 'it is a decision, so it cannot end without its answer: leave out completeBy.';
  if (options.required === false) yield 'it is a decision, so it cannot be skipped: leave out required: false.';
  for (const option of ['if', 'while', 'forEach'] as const)
    if (options[option] !== undefined) yield `it is a decision, so it cannot have ${option}: put what is to be skipped or repeated into a step of its own.`;
}

/** How many edges the body chooses from; 2 may stand for more. 0: the body does not choose. */
function edgesToChoose({ flow, steps }: WorkflowSource, { nodes }: WorkflowDefinition, name: string): number {
  if (!flow) return [steps.find((step) => step.name === name)?.options.next ?? []].flat().length > 1 ? 2 : 0;
  if (typeof flow === 'object') return (Object.hasOwn(flow, name) ? flow[name]! : []).length > 1 ? 2 : 0;
  const node = nodes.get(name);
  return (node?.kind === 'step' && node.labels?.length) || 0;
}

function* asideProblems(options: StepOptions): Problems {
  const { parallel, queue, when, next, independent } = options;
  if (parallel !== undefined) yield 'an unsolicited step stands beside the flow, and so in no parallel group.';
  if (independent) yield 'an unsolicited step stands beside the flow, so it cannot be independent in it.';
  if (queue !== undefined) yield 'an unsolicited step runs where its event is applied, and so on no queue.';
  if (when !== undefined) yield 'an unsolicited step waits for nothing but its event: decline the event with again() instead of when.';
  if (Array.isArray(next)) yield 'an unsolicited step goes on at one step, and so decides nothing.';
  for (const option of ['if', 'while', 'forEach'] as const)
    if (options[option] !== undefined) yield `an unsolicited step stands beside the flow, so it cannot have ${option}: decline the event with again().`;
  yield* heardProblems(options.on);
}

/** An unsolicited step has no wait row, so events find its process by group id only. */
function* heardProblems(on: StepOptions['on']): Problems {
  if (typeof on !== 'object' || on === null) return;
  for (const option of ['key', 'since', 'matchOne', 'skipAhead', 'reprocess'] as const)
    if (on[option] !== undefined) yield `an unsolicited step hears every event under the group id while its process lives, so it cannot have on.${option}.`;
}
