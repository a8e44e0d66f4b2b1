import type { WorkflowDefinition } from '../definition/graph.js';
import { type AnyFunction, methodOf, type WorkflowSource } from '../definition/source.js';
import type { StepOptions } from '../decorators/step.options.js';
import type { Class, Schema } from '../values.js';

/** A definition with the user's code: what its nodes run, by name. */
export interface BoundWorkflow {
  readonly definition: WorkflowDefinition;
  readonly context: Schema | undefined;
  readonly steps: ReadonlyMap<string, BoundStep>;
  readonly completeWhen: AnyFunction | undefined;
}

export interface BoundStep {
  readonly run: AnyFunction;
  readonly request: AnyFunction | undefined;
  /** It waits for a message, and is given it between the context and the step. */
  readonly takesMessage: boolean;
  readonly response: Schema | undefined;
  readonly when: AnyFunction | undefined;
  readonly after: AnyFunction | undefined;
  readonly within: AnyFunction | undefined;
  /** Errors that another try cannot help. */
  readonly unless: readonly Class<Error>[];
}

export function bind(source: WorkflowSource, definition: WorkflowDefinition): BoundWorkflow {
  const { completeWhen, context, defaults } = source.options;
  return {
    definition,
    context,
    steps: new Map(source.steps.map(({ name, options }) => [name, bindStep(source, name, { ...options, retry: options.retry ?? defaults?.retry ?? 1 })])),
    completeWhen: fromContext(completeWhen),
  };
}

function bindStep(source: WorkflowSource, name: string, options: StepOptions): BoundStep {
  return {
    run: methodOf(source, name)!.bind(source.instance),
    request: methodOf(source, options.request)?.bind(source.instance),
    takesMessage: options.request !== undefined || options.on !== undefined,
    response: options.response,
    when: fromContext(options.when),
    after: fromContext(options.after),
    within: fromContext(options.within),
    unless: typeof options.retry === 'object' ? (options.retry.unless ?? []) : [],
  };
}

/** A function of the context, or the key that holds the value. */
function fromContext(given: unknown): AnyFunction | undefined {
  if (typeof given === 'function') return given as AnyFunction;
  return typeof given === 'string' ? (context: Record<string, unknown>) => context[given] : undefined;
}
