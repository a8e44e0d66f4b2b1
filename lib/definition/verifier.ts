/**
 * Everything that can be known to be wrong with a workflow before its first process. Each check yields sentences that name the
 * step, the fault and the remedy; all of them are collected, and boot reports them at once.
 */
import { noDuration, parseDuration } from '../core/duration.js';
import { STEP_OPTIONS, type StepOptions } from '../decorators/step.options.js';
import { END, type WorkflowDefinition } from './graph.js';
import { contextKeys } from './context-keys.js';
import { isClass, methodNames, methodOf, type WorkflowSource } from './source.js';
import { didYouMean } from './suggest.js';

/** What the application offers to its workflows. */
export interface Surroundings {
  /** Null: any name will do. */
  readonly queues: readonly string[] | null;
}

type Problems = Iterable<string>;
type Step = WorkflowSource['steps'][number];

const WORKFLOW_OPTIONS = ['name', 'version', 'context', 'completeWhen', 'defaults'];
const DEFAULTS = ['retry', 'timeout'];
const RETRY_OPTIONS = ['attempts', 'delay', 'backoff', 'maxDelay', 'jitter', 'unless'];
const MAX_NAME = 100;

/** The problems of one workflow, each beginning with its class and step. */
export function verify(source: WorkflowSource, definition: WorkflowDefinition, around: Surroundings): string[] {
  const whole = [...workflowProblems(source), ...flowProblems(source, definition)].map((problem) => `${source.className}: ${problem}`);
  const each = source.steps.flatMap((step) => [...stepProblems(source, step, around)].map((problem) => `${source.className}.${step.name}: ${problem}`));
  const found = [...whole, ...each];
  // A wrong next leaves much behind it that nothing leads to: the cause is enough.
  return each.some((problem) => problem.includes(': next ')) ? found : [...found, ...unreachable(source, definition)];
}

/* ---------------------------------------------------------------- the workflow ---- */

function* workflowProblems({ options, steps, className }: WorkflowSource): Problems {
  yield* unknownOptions(options, WORKFLOW_OPTIONS);
  if (typeof options.name !== 'string' || options.name.trim() === '') yield `it has no name. Say @Workflow({ name: '${className.toLowerCase()}' }).`;
  else if (options.name.length > MAX_NAME) yield `its name has more than ${MAX_NAME} characters.`;
  if (options.version !== undefined && !(Number.isInteger(options.version) && options.version > 0))
    yield `version ${String(options.version)} is not a whole number from 1.`;
  if (steps.length === 0) yield 'it has no steps. Put @Step() on its methods.';
  else if (steps.every((step) => step.options.unsolicited)) yield 'all its steps are unsolicited, so it would end at once. Add a step that stands in the flow.';
  if (options.context !== undefined && !isClass(options.context) && !('~standard' in options.context))
    yield 'its context is neither a class nor a Standard Schema.';
  if (options.completeWhen !== undefined) yield* keyProblems(options.completeWhen, 'completeWhen', options.context);
  for (const problem of unknownOptions(options.defaults ?? {}, DEFAULTS)) yield `defaults: ${problem}`;
  yield* retryProblems(options.defaults?.retry);
  if (options.defaults?.timeout !== undefined) yield* durationProblems(options.defaults.timeout, 'timeout');
}

function* unknownOptions(options: object, known: readonly string[]): Problems {
  for (const name of Object.keys(options)) if (!known.includes(name)) yield `there is no option "${name}".${didYouMean(name, known)}`;
}

/* -------------------------------------------------------------------- the flow ---- */

function* flowProblems(source: WorkflowSource, definition: WorkflowDefinition): Problems {
  yield* scatteredGroups(source.steps);
  yield* fallingThrough(source, definition);
}

/** Neighbours make a group; the same name further on would be another group, or a mistake. */
function* scatteredGroups(steps: readonly Step[]): Problems {
  const flow = steps.filter((step) => !step.options.unsolicited);
  const begun = flow.filter((step, i) => step.options.parallel !== undefined && step.options.parallel !== flow[i - 1]?.options.parallel);
  const names = begun.map((step) => step.options.parallel!);
  for (const name of new Set(names.filter((each, i) => names.indexOf(each) !== i))) {
    yield `the steps of the parallel group "${name}" do not stand together. Write them one after the other, or name a second group.`;
  }
}

/** A step that would run on, in written order, into a branch of a decision. */
function* fallingThrough({ steps }: WorkflowSource, { nodes }: WorkflowDefinition): Problems {
  const branches = branchesOf(steps);
  for (const step of steps) {
    const onward = nodes.get(step.name)?.next[0];
    if (step.options.next === undefined && onward !== undefined && branches.has(onward)) {
      yield `"${step.name}" would run on into "${onward}", which is a branch of a decision. Say next: '...' on "${step.name}".`;
    }
  }
}

/** The steps a decision chooses from, as far as they stand after it: one before it is a loop, and is run into as written. */
function branchesOf(steps: readonly Step[]): ReadonlySet<string> {
  const chosen = steps.flatMap(({ options }, i) => (Array.isArray(options.next) ? steps.slice(i + 1).filter(({ name }) => options.next!.includes(name)) : []));
  return new Set(chosen.map(({ name }) => name));
}

function* unreachable(source: WorkflowSource, { nodes, start }: WorkflowDefinition): Problems {
  const seen = new Set<string>();
  const open = [start, ...source.steps.filter((step) => step.options.unsolicited).map((step) => step.name)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = nodes.get(name);
    if (!node || seen.has(name)) continue;
    seen.add(name);
    open.push(...node.next, ...(node.kind === 'fork' ? node.branches : []));
  }
  for (const name of nodes.keys()) if (!seen.has(name)) yield `${source.className}: "${name}" can never be reached: no step leads to it.`;
}

/* --------------------------------------------------------------------- a step ---- */

function* stepProblems(source: WorkflowSource, step: Step, around: Surroundings): Problems {
  const { options } = step;
  yield* unknownOptions(options, STEP_OPTIONS);
  if (step.name === END) yield `a step cannot be called "${END}": that is how next says that nothing follows.`;
  yield* gateProblems(source, step);
  yield* nextProblems(source, step);
  yield* placeProblems(step);
  yield* queueProblems(options, around);
  yield* retryProblems(options.retry);
  if (options.timeout !== undefined) yield* durationProblems(options.timeout, 'timeout');
  for (const name of ['when', 'after', 'within'] as const) if (options[name] !== undefined) yield* keyProblems(options[name], name, source.options.context);
}

function* gateProblems(source: WorkflowSource, { name, options }: Step): Problems {
  const { request, on, after, response, unsolicited } = options;
  if (request !== undefined && on !== undefined) yield 'it waits for an answer (request) and for an event (on): split it into two steps.';
  if (on !== undefined && after !== undefined) yield 'it waits for an event (on) and for a time (after): split it into two steps.';
  if (request !== undefined && !methodOf(source, request))
    yield `request "${String(request)}" is not a method of ${source.className}.${didYouMean(String(request), methodNames(source))}`;
  else if (request !== undefined && (request === name || source.steps.some((step) => step.name === request)))
    yield `request "${request}" is a step itself. The asking method is a plain method, without @Step().`;
  if (response !== undefined && request === undefined) yield 'it has a response but no request: name the method that asks.';
  if (response !== undefined && !isClass(response) && !('~standard' in (response as object))) yield 'its response is neither a class nor a Standard Schema.';
  if (on !== undefined && (typeof on !== 'string' || on === '' || (on as string).length > MAX_NAME)) yield 'on must be the name of an event.';
  if (unsolicited && on === undefined) yield "it is unsolicited but has no event: say on: '...'.";
}

function* nextProblems({ steps }: WorkflowSource, { options }: Step): Problems {
  const names = steps.filter((step) => !step.options.unsolicited).map((step) => step.name);
  const next = options.next === undefined ? [] : [options.next].flat();
  for (const name of next)
    if (name !== END && !names.includes(name)) yield `next "${String(name)}" is not a step of the flow.${didYouMean(String(name), [...names, END])}`;
  if (Array.isArray(options.next) && next.length < 2) yield 'a decision has at least two steps to choose from; for one, say its name without a list.';
  if (new Set(next).size < next.length) yield 'next names a step twice.';
  if (next.length > 1 && options.required === false) yield 'it is a decision, so it cannot be skipped: leave out required: false.';
  for (const name of next) {
    const inside = steps.find((step) => step.name === name)?.options.parallel;
    if (inside !== undefined)
      yield `next "${name}" stands inside the parallel group "${inside}", which can only be entered as a whole. Put a step before the group, and name that.`;
  }
}

function* placeProblems({ options }: Step): Problems {
  const { parallel, unsolicited, next, queue, when } = options;
  if (parallel !== undefined && (typeof parallel !== 'string' || parallel === '')) yield 'parallel must be the name of a group.';
  if (parallel !== undefined && next !== undefined)
    yield `it stands in the parallel group "${parallel}", so it cannot say next: the group goes on when all of it has ended.`;
  if (unsolicited && parallel !== undefined) yield 'an unsolicited step stands beside the flow, and so in no parallel group.';
  if (unsolicited && queue !== undefined) yield 'an unsolicited step runs where its event is applied, and so on no queue.';
  if (unsolicited && when !== undefined) yield 'an unsolicited step waits for nothing but its event: decline the event with again() instead of when.';
  if (unsolicited && Array.isArray(next)) yield 'an unsolicited step goes on at one step, and so decides nothing.';
}

function* queueProblems({ queue }: StepOptions, { queues }: Surroundings): Problems {
  if (queue === undefined) return;
  if (typeof queue !== 'string' || queue === '') yield 'queue must be the name of a task queue.';
  else if (queues && !queues.includes(queue))
    yield `queue "${queue}" is not in the queues of the task queue: ${queues.join(', ') || 'none'}.${didYouMean(queue, queues)}`;
}

function* retryProblems(retry: StepOptions['retry']): Problems {
  if (retry === undefined) return;
  const policy = typeof retry === 'number' ? { attempts: retry } : retry;
  yield* unknownOptions(policy, RETRY_OPTIONS);
  if (!(Number.isInteger(policy.attempts) && policy.attempts > 0))
    yield `retry counts the tries in all: a whole number from 1, not ${String(policy.attempts)}.`;
  if (policy.delay !== undefined) yield* durationProblems(policy.delay, 'retry.delay');
  if (policy.maxDelay !== undefined) yield* durationProblems(policy.maxDelay, 'retry.maxDelay');
  if (policy.backoff !== undefined && !['fixed', 'exponential'].includes(policy.backoff))
    yield `retry.backoff is 'fixed' or 'exponential', not "${policy.backoff}".`;
}

function* durationProblems(value: unknown, option: string): Problems {
  if (parseDuration(value) === null) yield `${option} ${noDuration(value)}`;
}

/** A name must be a key of the context, as far as the context's class tells its keys. */
function* keyProblems(value: unknown, option: string, context: WorkflowSource['options']['context']): Problems {
  if (typeof value === 'function' || parseDuration(value) !== null) return;
  if (typeof value !== 'string') return yield `${option} ${JSON.stringify(value)} is neither a key of the context nor a function of it.`;
  const keys = contextKeys(context);
  const durations = option === 'after' || option === 'within' ? ' nor a duration' : '';
  if (keys && !keys.has(value)) yield `${option} "${value}" is not a key of the context${durations}.${didYouMean(value, keys)}`;
}
