import { parseDuration } from '../core/duration.js';
import type { RetryPolicy, StepOptions } from '../decorators/step.options.js';
import { END, type ForkNode, type Gate, type Node, type Retry, type StepNode, type Timing, type WorkflowDefinition } from './graph.js';
import type { DefinitionDefaults, WorkflowSource } from './source.js';

const DAY_MS = 24 * 60 * 60 * 1000;

interface Written {
  readonly name: string;
  readonly options: StepOptions;
}

/** One place in the order: a step, or neighbours that run together. */
type Place = { readonly name: string; readonly steps: readonly Written[]; readonly fork: boolean };

/**
 * Compiles a workflow whose steps run in the order written. It never throws: what is wrong with the source is the
 * verifier's to say, and the graph of a wrong source is good enough for that.
 */
export function compileWrittenOrder(source: WorkflowSource, defaults: DefinitionDefaults = {}): WorkflowDefinition {
  const { options } = source;
  const places = placesOf(source.steps.filter((step) => !step.options.unsolicited));
  const policy = { ...defaults, ...options.defaults };
  return {
    name: options.name,
    version: options.version ?? 1,
    start: places[0]?.name ?? END,
    nodes: new Map([...flowNodes(places, policy), ...unsolicitedNodes(source, policy)].map((node) => [node.name, node])),
    completesEarly: options.completeWhen !== undefined,
  };
}

/** Neighbours that name one group stand together. */
function placesOf(steps: readonly Written[]): Place[] {
  const places: Place[] = [];
  for (const step of steps) {
    const group = step.options.parallel;
    const last = places.at(-1);
    if (group !== undefined && last?.fork && last.steps[0]!.options.parallel === group) places[places.length - 1] = { ...last, steps: [...last.steps, step] };
    else places.push({ name: group === undefined ? step.name : forkName(group), steps: [step], fork: group !== undefined });
  }
  return places;
}

/** No method can be called this, so no step can. */
export function forkName(group: string): string {
  return `${group} (all)`;
}

function flowNodes(places: readonly Place[], policy: DefinitionDefaults): Node[] {
  return places.flatMap((place, i) => {
    const onward = onwardFrom(places, i);
    if (!place.fork) return [stepNode(place.steps[0]!, onward, policy)];
    const fork: ForkNode = { kind: 'fork', name: place.name, branches: place.steps.map(({ name }) => name), next: onward };
    return [fork, ...place.steps.map((step) => stepNode(step, [], policy))];
  });
}

/**
 * Where a place goes in written order. Branches do not fall through: what follows a branch of a decision is what follows
 * the last of its branches, or forgetting a `next` on `pay` would run `reject`.
 */
function onwardFrom(places: readonly Place[], i: number): readonly string[] {
  const after = lastBranchOf(places, places[i]!) ?? i;
  return [places[after + 1]?.name ?? END];
}

function lastBranchOf(places: readonly Place[], branch: Place): number | undefined {
  const before = places.slice(0, places.indexOf(branch)); // chosen by a later one, it is a loop, and goes on as written
  const decision = before.find((place) => choicesOf(place).includes(branch.name));
  return decision && Math.max(...choicesOf(decision).map((name) => places.findIndex((place) => place.name === name)));
}

function choicesOf({ steps, fork }: Place): readonly string[] {
  const { next } = steps[0]!.options;
  return !fork && Array.isArray(next) ? (next as readonly string[]) : [];
}

function unsolicitedNodes(source: WorkflowSource, policy: DefinitionDefaults): StepNode[] {
  return source.steps.filter(({ options }) => options.unsolicited).map((step) => stepNode(step, [], policy));
}

/* ------------------------------------------------------------------- a step ---- */

function stepNode({ name, options }: Written, onward: readonly string[], policy: DefinitionDefaults): StepNode {
  const timeout = parseDuration(options.timeout ?? policy.timeout);
  return {
    kind: 'step',
    name,
    when: options.when !== undefined,
    gate: gateOf(options),
    ...(options.after !== undefined && { after: timing(options.after) }),
    ...(options.queue !== undefined && { queue: options.queue }),
    next: options.next === undefined ? onward : [options.next].flat(),
    unsolicited: options.unsolicited ?? false,
    retry: retryOf(options.retry ?? policy.retry ?? 1),
    ...(timeout !== null && { timeout }),
    ...(options.within !== undefined && { within: timing(options.within) }),
    required: options.required ?? true,
    transactional: options.transactional ?? false,
  };
}

function gateOf({ request, on }: StepOptions): Gate {
  if (request !== undefined) return { for: 'response', request };
  return on === undefined ? { for: 'nothing' } : { for: 'event', event: on };
}

/** A duration is known now; a key or a function is asked when the time comes. */
function timing(value: NonNullable<StepOptions['after']>): Timing {
  return parseDuration(value) ?? 'asked';
}

function retryOf(retry: number | RetryPolicy): Retry {
  const policy: RetryPolicy = typeof retry === 'number' ? { attempts: retry } : retry;
  const delayMs = parseDuration(policy.delay) ?? 0;
  return {
    attempts: policy.attempts,
    delayMs,
    backoff: policy.backoff ?? 'fixed',
    maxDelayMs: parseDuration(policy.maxDelay) ?? Math.max(DAY_MS, delayMs), // who says two days means it
    jitter: policy.jitter ?? false,
  };
}
