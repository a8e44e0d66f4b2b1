import type { Json } from '../../values/json.js';
import { CHILD_OPTIONS, COMPENSATE_OPTIONS, EVENT_OPTIONS, OVERDUE_OPTIONS, STEP_OPTIONS } from '../option-names.js';
import type { StepOptions } from '../step-options.js';
import { END } from '../graph.js';
import { methodOf, type WorkflowSource, type WrittenStep } from '../source.js';
import { namedKey, requestOf, undoOptions } from '../step-node.js';
import { KEY_NAME, KEY_NAME_RULE } from '../../values/key-name.js';
import { didYouMean } from '../../values/suggest.js';
import { argumentProblems } from './argument-problems.js';
import { stepNames } from './place-problems.js';
import { keyProblems, unknownKey } from './key-problems.js';
import { durationProblems, MAX_NAME, methodProblems, type Problems, retryProblems, ruleProblems, schemaProblems, unknownOptions } from './value-problems.js'; // prettier-ignore

/** The names that an application offers to its workflows. */
export interface Surroundings {
  /** Null: any name is accepted. */
  readonly queues: readonly string[] | null;
  /** The workflows that a child may name. Left out: any name is accepted. */
  readonly workflows?: readonly string[];
  /** What is wrong with a sender of this name; null: nothing. Left out: any name is accepted. */
  readonly senderProblem?: ((name: string, pattern: Json) => string | null) | undefined;
}

/** Checks the options of a step, except those of its place. */
export function* stepProblems(source: WorkflowSource, step: WrittenStep, around: Surroundings): Problems {
  yield* nameProblems(step);
  yield* gateProblems(source, step);
  yield* childProblems(source, step, around);
  yield* pollProblems(step);
  yield* queueProblems(step.options, around);
  yield* policyProblems(source, step);
  yield* askedProblems(source, step);
  yield* argumentProblems(source, step);
}

function* nameProblems({ name, options, isClass }: WrittenStep): Problems {
  yield* unknownOptions(options, STEP_OPTIONS);
  if (name === END) yield `a step cannot be called "${END}": that is how next says that nothing follows.`;
  if (name.trim() === '') yield 'its name is empty.';
  if (name.length > MAX_NAME) yield `its name has more than ${MAX_NAME} characters.`;
  if (!isClass && options.name !== undefined && options.name !== name) yield 'its name is that of its method: leave out name, which is for step classes.';
}

/* --------------------------------------------------------- what it waits for ---- */

const GATES = {
  input: 'for an input (input)',
  request: 'for an answer (request)',
  on: 'for an event (on)',
  after: 'for a time (after)',
  child: 'for a child process (child)',
} as const;

function* gateProblems({ steps, options: { context } }: WorkflowSource, step: WrittenStep): Problems {
  const { options, host } = step;
  yield* doubleGates(step);
  yield* methodProblems(host, 'request', options.request, methodSteps(steps, host), 'The asking method');
  if (options.response !== undefined && requestOf(step) === undefined) yield 'it has a response but no request: name the method that asks.';
  yield* schemaProblems(options, 'input');
  if (options.response !== undefined) yield* schemaProblems(options, 'response');
  yield* eventProblems(options.on, context);
  if (options.unsolicited && options.on === undefined && options.input === undefined) yield "it is unsolicited but has no event: say on: '...', or input."; // prettier-ignore
}

/** Allows one pair only: `after` delays a `request`, and with a queue its task. */
function* doubleGates(step: WrittenStep): Problems {
  const said: Partial<Record<keyof typeof GATES, unknown>> = { ...step.options, request: requestOf(step) };
  const given = (Object.keys(GATES) as (keyof typeof GATES)[]).filter((gate) => said[gate] !== undefined);
  for (const [i, one] of given.entries())
    for (const other of given.slice(i + 1))
      if (!(one === 'request' && other === 'after')) yield `it waits ${GATES[one]} and ${GATES[other]}: split it into two steps.`;
}

function* eventProblems(on: StepOptions['on'], context: WorkflowSource['options']['context']): Problems {
  if (on === undefined) return;
  const event: unknown = typeof on === 'object' && on !== null ? on.event : on;
  if (typeof event !== 'string' || event === '' || event.length > MAX_NAME) yield 'on must be the name of an event.';
  if (typeof on !== 'object' || on === null) return;
  yield* unknownOptions(on, EVENT_OPTIONS, 'on: ');
  if (on.since !== undefined) yield* keyProblems(on.since, 'on.since', context);
  if (on.key !== undefined) yield* eventKeyProblems(on.key, context);
  for (const option of ['matchOne', 'skipAhead', 'reprocess'] as const)
    if (on[option] !== undefined && typeof on[option] !== 'boolean') yield `on.${option} is true or false, not ${JSON.stringify(on[option])}.`;
}

function* eventKeyProblems(key: unknown, context: WorkflowSource['options']['context']): Problems {
  if (typeof key !== 'object' || key === null) return yield* keyProblems(key, 'on.key', context);
  const names = Object.keys(key);
  if (names.length !== 1) return yield `on.key has ${names.length} names: an event is waited for under one, as in key: { orderId: '...' }.`;
  const [name] = names as [string];
  if (!KEY_NAME.test(name)) yield `on.key: "${name}" is no name of a key. ${KEY_NAME_RULE}`;
  yield* keyProblems(namedKey(key).from, `on.key.${name}`, context);
}

function* childProblems({ steps }: WorkflowSource, { options, child, host }: WrittenStep, { workflows }: Surroundings): Problems {
  if (!('child' in options)) return;
  if (!child) return yield 'its child is undefined, probably as imports go in a circle. Say the name of the workflow.';
  if (workflows && !workflows.includes(child.workflow)) yield `child "${child.workflow}" is no workflow of this application.${didYouMean(child.workflow, workflows)}`; // prettier-ignore
  if (typeof options.child !== 'object') return;
  yield* unknownOptions(options.child, CHILD_OPTIONS, 'child: ');
  yield* methodProblems(host, 'child.with', options.child.with, methodSteps(steps, host), 'The method that gives the starting values');
}

/** A step that is asked again and again waits for nothing but its next turn. */
function* pollProblems(step: WrittenStep): Problems {
  const { every, completeBy, input, on, child, unsolicited } = step.options;
  if (every === undefined)
    return completeBy === undefined ? undefined : yield "completeBy ends what every repeats, which is not there: say every: '5 minutes'.";
  if ((input ?? requestOf(step) ?? on ?? child) !== undefined || unsolicited) yield 'it has every, so it waits for nothing else: split it into two steps.';
  if (every === 0) yield 'every 0 is a busy loop: say how long it pauses.';
}

const methodsOf = new WeakMap<readonly WrittenStep[], Map<object, readonly string[]>>();

function methodSteps(steps: readonly WrittenStep[], host: object): readonly string[] {
  const byHost = methodsOf.get(steps) ?? new Map<object, readonly string[]>();
  methodsOf.set(steps, byHost);
  if (!byHost.has(host)) byHost.set(host, steps.filter((step) => step.host === host).map(({ method }) => method)); // prettier-ignore
  return byHost.get(host)!;
}

/* --------------------------------------------------- where it runs, and how long ---- */

function* queueProblems({ queue }: StepOptions, { queues }: Surroundings): Problems {
  if (queue === undefined) return;
  if (typeof queue !== 'string' || queue === '') yield 'queue must be the name of a task queue.';
  else if (queues && !queues.includes(queue))
    yield `queue "${queue}" is not in the queues of the task queue: ${queues.join(', ') || 'none'}.${didYouMean(queue, queues)}`;
}

function* policyProblems(source: WorkflowSource, step: WrittenStep): Problems {
  const { options, host } = step;
  yield* retryProblems(options.retry);
  yield* durationProblems(options.timeout, 'timeout');
  yield* ruleProblems(options.onError, stepNames(source));
  if (options.required === false && options.onError !== undefined) yield 'it is not required, so it is skipped when it has failed, and its onError never counts: leave out one of the two.'; // prettier-ignore
  if (options.config !== undefined && (typeof options.config !== 'object' || options.config === null)) yield 'config must be an object.';
  yield* undoProblems(source, step);
  yield* overdueProblems(options.overdue, source, host);
}

/** A builder names what undoes the step itself. */
function* undoProblems({ steps }: WorkflowSource, { options: { compensate }, host, isClass, code, undoing }: WrittenStep): Problems {
  if (undoing && requestOf(undoing) !== undefined && undoOptions(compensate).within === undefined)
    yield* durationProblems(undoing.options.within, `compensateWith: as ${undoing.name} asks there, its within`);
  if (compensate === undefined) return;
  const { do: method, request, response, retry, timeout, within } = undoOptions(compensate);
  if (typeof compensate === 'object') yield* unknownOptions(compensate, COMPENSATE_OPTIONS, 'compensate: ');
  yield* methodProblems(host, typeof compensate === 'object' ? 'compensate.do' : 'compensate', method, methodSteps(steps, host), 'The undoing method');
  if (method === undefined && !code?.compensate && !(isClass && methodOf(host, 'compensate'))) yield "compensate does not say what to do: do: '...', a method.";
  yield* retryProblems(retry, 'compensate: ');
  yield* durationProblems(timeout, 'compensate: timeout');
  yield* durationProblems(within, 'compensate: within');
  yield* methodProblems(host, 'compensate.request', request, methodSteps(steps, host), 'The asking method');
  const asks = request !== undefined || undoing !== undefined;
  if (response !== undefined && !asks) yield 'compensate has a response but no request: name the method that asks.';
  if (within !== undefined && !asks)
    yield 'compensate has a within but no request: it says how long an answer may take, and timeout how long the method may take.';
  if (typeof compensate === 'object' && response !== undefined) yield* schemaProblems(compensate, 'response');
}

/** The method to call belongs to the class of the step, or to the workflow. */
export function* overdueProblems(overdue: unknown, { instance, steps, options: { context } }: WorkflowSource, host: object): Problems {
  if (overdue === undefined) return;
  if (typeof overdue !== 'object' || overdue === null) return yield "overdue says after how long, and what to do: { after: '2 days', do: '...' }.";
  const { after, do: method } = overdue as { after?: unknown; do?: unknown };
  yield* unknownOptions(overdue, OVERDUE_OPTIONS, 'overdue: ');
  if (after === undefined) yield "overdue does not say when: after: '2 days'.";
  else yield* keyProblems(after, 'overdue.after', context);
  const owner = methodOf(host, method) ? host : instance;
  if (method === undefined) yield "overdue does not say what to do: do: '...', a method.";
  else yield* methodProblems(methodOf(owner, method) ? owner : host, 'overdue.do', method, methodSteps(steps, owner), 'The reminding method');
}

/** Checks the context keys that options read and outputs set. */
function* askedProblems({ options: { context } }: WorkflowSource, { options, outputs = [] }: WrittenStep): Problems {
  for (const name of ['when', 'if', 'while', 'forEach', 'after', 'within', 'every', 'completeBy'] as const)
    if (options[name] !== undefined) yield* keyProblems(options[name], name, context);
  for (const key of outputs) yield* unknownKey(key, 'output', context);
}
