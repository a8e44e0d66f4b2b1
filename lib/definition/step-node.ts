import { parseDuration } from '../values/duration.js';
import type { CompensateOptions, RetryPolicy, StepOptions } from './step-options.js';
import { contextKeys } from './context-keys.js';
import type { ChildGate, EventGate, Gate, Retry, StepNode, Timing } from './graph.js';
import { type DefinitionDefaults, methodOf, type WrittenStep } from './source.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The place of a step in the flow, as its spelling says. */
export type Placed = Pick<StepNode, 'next' | 'labels' | 'byIndex' | 'onError'>;

/** A step as a node: everything that is known before its first step run. */
export function stepNode(step: WrittenStep, placed: Placed, compensates: boolean, policy: DefinitionDefaults, undoing?: WrittenStep): StepNode {
  const { options } = step;
  const timeout = parseDuration(options.timeout ?? policy.timeout);
  return {
    kind: 'step',
    name: step.name,
    when: options.when !== undefined,
    gate: gateOf(step),
    ...timings(options),
    ...(options.queue !== undefined && { queue: options.queue }),
    unsolicited: options.unsolicited ?? false,
    retry: retryOf(options.retry ?? policy.retry ?? 1),
    ...(timeout !== null && { timeout }),
    required: options.required ?? true,
    compensates,
    ...(compensates && undoPolicyOf(undoOptions(options.compensate), undoing)),
    transactional: options.transactional ?? false,
    ...(options.stage !== undefined && { stage: options.stage }),
    ...placed,
  };
}

function timings({ after, within, overdue, every, completeBy }: StepOptions): Pick<StepNode, 'after' | 'within' | 'overdue' | 'every' | 'completeBy'> {
  return {
    ...(after !== undefined && { after: timing(after) }),
    ...(within !== undefined && { within: timing(within) }),
    ...(every !== undefined && { every: timing(every) }),
    ...(completeBy !== undefined && { completeBy: timing(completeBy) }),
    ...(overdue?.after !== undefined && { overdue: timing(overdue.after) }),
  };
}

/** A duration is known now. A key or a function is evaluated in the step run. */
export function timing(value: unknown): Timing {
  return parseDuration(value) ?? 'asked';
}

/* --------------------------------------------------------- what it waits for ---- */

function gateOf(step: WrittenStep): Gate {
  const { input, on } = step.options;
  const request = requestOf(step);
  if (input !== undefined) return wantsNothing(input) ? { for: 'nothing' } : { for: 'input' };
  if (request !== undefined) return { for: 'response', request };
  if (on !== undefined) return eventGate(on);
  return step.options.child === undefined ? { for: 'nothing' } : childGate(step);
}

/** The method that asks: the one named by the option, or `request` of a step class. */
export function requestOf({ options, isClass, host }: WrittenStep): string | undefined {
  return options.request ?? (isClass && methodOf(host, 'request') ? 'request' : undefined);
}

/** The name of the method that undoes the step. */
export function undoingOf({ options, isClass }: WrittenStep): string | undefined {
  return undoOptions(options.compensate).do ?? (isClass ? 'compensate' : undefined);
}

/** A plain name is that of the method. */
export function undoOptions(compensate: StepOptions['compensate']): CompensateOptions {
  return typeof compensate === 'object' && compensate !== null ? compensate : compensate === undefined ? {} : { do: compensate };
}

/** Left out where the author says nothing, so that the definition stays the same. `undoing`: what undoes it, if that asks first. */
function undoPolicyOf({ retry, timeout, within }: CompensateOptions, undoing: WrittenStep | undefined): Pick<StepNode, 'undo'> {
  const [timeoutMs, withinMs] = [parseDuration(timeout), parseDuration(within ?? undoing?.options.within)];
  const said = {
    ...(retry !== undefined && { retry: retryOf(retry) }),
    ...(timeoutMs !== null && { timeout: timeoutMs }),
    ...(undoing && { asks: undoing.name }),
    ...(withinMs !== null && { within: withinMs }),
  };
  return Object.keys(said).length === 0 ? {} : { undo: said };
}

/** Whether the input class has no fields, so that there is nothing to wait for. */
function wantsNothing(input: NonNullable<StepOptions['input']>): boolean {
  return contextKeys(input)?.size === 0;
}

function eventGate(on: NonNullable<StepOptions['on']>): EventGate {
  const { event, key, since, matchOne, skipAhead, reprocess } = typeof on === 'string' ? { event: on } : on;
  const { name } = namedKey(key);
  return {
    for: 'event', event, keyed: key !== undefined, since: since !== undefined, matchOne: matchOne ?? false,
    ...(name !== undefined && { keyName: name }), ...(skipAhead && { skipAhead }), ...(reprocess && { reprocess }),
  }; // prettier-ignore
}

/** The name of a key, if it has one, and where its value comes from. */
export function namedKey(key: unknown): { readonly name?: string; readonly from: unknown } {
  if (typeof key !== 'object' || key === null) return { from: key };
  const [name, from] = Object.entries(key)[0] ?? ['', undefined];
  return { name, from };
}

function childGate({ options, child }: WrittenStep): ChildGate {
  const { detached = false, onParentCancel = detached ? 'leave' : 'cancel' } = childOptions(options.child);
  return { for: 'child', workflow: '', ...child, detached, onParentCancel };
}

/** The options of a child beside its name. */
export function childOptions(child: StepOptions['child']): Partial<Extract<StepOptions['child'], { workflow: unknown }>> {
  return typeof child === 'object' && child !== null ? child : {};
}

/* -------------------------------------------------------------------- retry ---- */

export function retryOf(retry: number | RetryPolicy): Retry {
  const policy: RetryPolicy = typeof retry === 'number' ? { attempts: retry } : retry;
  const delayMs = parseDuration(policy.delay) ?? 0;
  return {
    attempts: policy.attempts,
    delayMs,
    backoff: policy.backoff ?? 'fixed',
    maxDelayMs: parseDuration(policy.maxDelay) ?? Math.max(DAY_MS, delayMs), // a longer `delay` stays as it is
    jitter: policy.jitter ?? false,
  };
}
