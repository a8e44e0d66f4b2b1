import { parseDuration } from '../values/duration.js';
import type { StepOptions } from './step-options.js';
import type { Class } from '../values/types.js';
import { type AnyFunction, type DefinitionDefaults, methodOf, type NodeCode, type WorkflowSource, type WrittenStep } from './source.js';
import { childOptions, namedKey, requestOf, undoingOf, undoOptions } from './step-node.js';

/** The user's functions of a step, each bound to its object. Missing ones are left out. */
export function codeOf(step: WrittenStep, source: WorkflowSource, policy: DefinitionDefaults): NodeCode {
  const { options, host, method } = step;
  return only({
    run: boundMethod(host, method),
    takesMessage: takesMessage(step),
    request: boundMethod(host, requestOf(step)) ?? boundMethod(host, childOptions(options.child).with),
    compensate: boundMethod(host, undoingOf(step)),
    remind: boundMethod(host, options.overdue?.do) ?? boundMethod(source.instance, options.overdue?.do),
    message: options.input ?? options.response,
    isFinal: finalErrors(options.retry ?? policy.retry),
    isUndoFinal: finalErrors(undoOptions(options.compensate).retry),
    ...questions(options),
    ...configOf(step, source),
    ...step.code,
  });
}

/** Whether the body takes the message as an argument. A step class finds it in `step.message`. */
function takesMessage({ isClass, options }: WrittenStep): boolean {
  const { input, request, on, child } = options;
  return !isClass && (input ?? request ?? on ?? child) !== undefined;
}

/** The functions that read the context during a step run. */
function questions({ when, after, within, every, completeBy, overdue, on }: StepOptions): NodeCode {
  const { key, since } = typeof on === 'object' && on !== null ? on : {};
  return {
    when: fromContext(when),
    after: momentFrom(after),
    within: momentFrom(within),
    every: momentFrom(every),
    completeBy: momentFrom(completeBy),
    overdue: momentFrom(overdue?.after),
    key: fromContext(namedKey(key).from),
    since: fromContext(since),
  };
}

/** The settings of the workflow, overridden by those of the step. */
export function configOf(step: WrittenStep | undefined, { options }: WorkflowSource): NodeCode {
  const config = { ...options.config, ...step?.options.config };
  return Object.keys(config).length > 0 ? { config: Object.freeze(config) } : {};
}

function finalErrors(retry: StepOptions['retry']): NodeCode['isFinal'] {
  const given = (retry as { unless?: readonly Class<Error>[] } | null | undefined)?.unless; // may be anything: the verifier reports it
  const unless = Array.isArray(given) ? given : [];
  return unless.length === 0 ? undefined : (error) => unless.some((type) => error instanceof type);
}

/** Makes a function of the context from such a function, or from the key that holds the value. */
export function fromContext(given: unknown): AnyFunction | undefined {
  if (typeof given === 'function') return given as AnyFunction;
  return typeof given === 'string' ? (context: object) => valueOf(context, given) : undefined;
}

/** Reads a key, also through a getter of the class. Members that every object has are not keys. */
export function valueOf(context: object, key: string): unknown {
  return Object.hasOwn(context, key) || !(key in Object.prototype) ? (context as Record<string, unknown>)[key] : undefined;
}

/** The same, except for a duration: the node has that. */
export function momentFrom(given: unknown): AnyFunction | undefined {
  return parseDuration(given) === null ? fromContext(given) : undefined;
}

export function boundMethod(host: object, name: unknown): AnyFunction | undefined {
  return methodOf(host, name)?.bind(host) as AnyFunction | undefined;
}

/** Drops undefined values. */
export function only(code: NodeCode): NodeCode {
  return Object.fromEntries(Object.entries(code).filter(([, value]) => value !== undefined));
}
