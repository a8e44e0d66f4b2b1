import { parseDuration } from '../values/duration.js';
import type { StepOptions } from './step-options.js';
import type { Class } from '../values/types.js';
import { type AnyFunction, type DefinitionDefaults, methodOf, type NodeCode, type WorkflowSource, type WrittenStep } from './source.js';
import { childOptions, requestOf, undoingOf } from './step-node.js';

/** The user's functions of a step, each bound to whom it belongs. What is not there is left out. */
export function codeOf(step: WrittenStep, source: WorkflowSource, policy: DefinitionDefaults): NodeCode {
  const { options, host, method } = step;
  return only({
    run: bound(host, method),
    takesMessage: takesMessage(step),
    request: bound(host, requestOf(step)) ?? bound(host, childOptions(options.child).with),
    compensate: bound(host, undoingOf(step)),
    remind: bound(host, options.overdue?.do) ?? bound(source.instance, options.overdue?.do),
    message: options.input ?? options.response,
    isFinal: finalErrors(options.retry ?? policy.retry),
    ...questions(options),
    ...configOf(step, source),
    ...step.code,
  });
}

/** A class finds it in `step.message`. */
function takesMessage({ isClass, options }: WrittenStep): boolean {
  const { input, request, on, child } = options;
  return !isClass && (input ?? request ?? on ?? child) !== undefined;
}

/** What is asked of the context when the time comes. */
function questions({ when, after, within, overdue, on }: StepOptions): NodeCode {
  const { key, since } = typeof on === 'object' && on !== null ? on : {};
  return {
    when: fromContext(when),
    after: momentFrom(after),
    within: momentFrom(within),
    overdue: momentFrom(overdue?.after),
    key: fromContext(key),
    since: fromContext(since),
  };
}

/** The settings of the workflow, with those of the step on top. */
export function configOf(step: WrittenStep | undefined, { options }: WorkflowSource): NodeCode {
  const config = { ...options.config, ...step?.options.config };
  return Object.keys(config).length > 0 ? { config: Object.freeze(config) } : {};
}

function finalErrors(retry: StepOptions['retry']): NodeCode['isFinal'] {
  const given = (retry as { unless?: readonly Class<Error>[] } | null | undefined)?.unless; // whatever it is: the verifier tells
  const unless = Array.isArray(given) ? given : [];
  return unless.length === 0 ? undefined : (error) => unless.some((type) => error instanceof type);
}

/** A function of the context, or the key that holds the value. */
export function fromContext(given: unknown): AnyFunction | undefined {
  if (typeof given === 'function') return given as AnyFunction;
  return typeof given === 'string' ? (context: object) => valueOf(context, given) : undefined;
}

/** A getter of its class has a value too; what every object has is nobody's key. */
export function valueOf(context: object, key: string): unknown {
  return Object.hasOwn(context, key) || !(key in Object.prototype) ? (context as Record<string, unknown>)[key] : undefined;
}

/** The same, unless it is a duration, which the node knows. */
export function momentFrom(given: unknown): AnyFunction | undefined {
  return parseDuration(given) === null ? fromContext(given) : undefined;
}

export function bound(host: object, name: unknown): AnyFunction | undefined {
  return methodOf(host, name)?.bind(host) as AnyFunction | undefined;
}

/** Without what is undefined. */
export function only(code: NodeCode): NodeCode {
  return Object.fromEntries(Object.entries(code).filter(([, value]) => value !== undefined));
}
