import type { StepOptions } from '../decorators/step.options.js';
import type { WorkflowOptions } from '../decorators/workflow.decorator.js';
import type { Class } from '../values.js';

/** A workflow as its author wrote it, read off a class by the explorer: what the builders compile. */
export interface WorkflowSource {
  /** Names it in problems. */
  readonly className: string;
  readonly options: WorkflowOptions;
  /** In the order written. */
  readonly steps: readonly { readonly name: string; readonly options: StepOptions }[];
  /** The provider: its methods are the bodies. */
  readonly instance: object;
}

/** Module-wide settings a definition takes over. */
export interface DefinitionDefaults {
  readonly retry?: StepOptions['retry'];
  readonly timeout?: StepOptions['timeout'];
}

export type AnyFunction = (...args: any[]) => unknown;

/** The method of a workflow with this name, if there is one. */
export function methodOf(source: WorkflowSource, name: unknown): AnyFunction | undefined {
  const found = typeof name === 'string' ? (source.instance as Record<string, unknown>)[name] : undefined;
  return typeof found === 'function' ? (found as AnyFunction) : undefined;
}

/** All method names, for "did you mean". */
export function methodNames({ instance }: WorkflowSource): string[] {
  const names = new Set<string>();
  for (
    let proto = Object.getPrototypeOf(instance) as object | null;
    proto && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(proto)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}
