import type { StepOptions } from './step-options.js';
import type { WorkflowOptions } from './workflow-options.js';
import type { Class, Schema } from '../values/types.js';
import type { WorkflowDefinition } from './graph.js';
import type { WorkflowJson } from './workflow-json.js';

export type AnyFunction = (...args: any[]) => unknown;

/** A workflow as its author wrote it, in any spelling: read from a class by the explorer, or from a document. */
export interface WorkflowSource {
  /** The name of its class or document, for problems. */
  readonly className: string;
  readonly options: WorkflowOptions;
  /** In the order written. */
  readonly steps: readonly WrittenStep[];
  /** The provider, whose methods are the bodies. Empty for a document. */
  readonly instance: object;
  /** Left out: the order written. A method: the builder. An object: the digraph. */
  readonly flow?: AnyFunction | Readonly<Record<string, readonly string[]>>;
  /** The document as it was read. Left out for a class. */
  readonly document?: WorkflowJson;
}

/** A step as written, with the object whose methods it runs. */
export interface WrittenStep {
  readonly name: string;
  /** The options of its class or method, overridden by those of this use. */
  readonly options: StepOptions;
  /** The workflow, or the provider of a step class. */
  readonly host: object;
  /** The method that is its body: the step's own, or `run`. */
  readonly method: string;
  /** A step class: the body is `run(context, step)`, and its other methods are found by their names. */
  readonly isClass: boolean;
  /** The class of its first argument, as TypeScript has emitted it. A type that is no class is left out, or is `Object`. */
  readonly takes?: unknown;
  /** Its place in its document. */
  readonly path?: string;
  /** The workflow its `child` names. */
  readonly child?: { readonly workflow: string; readonly version?: number };
  /** The context keys that its flow sets from its result. */
  readonly outputs?: readonly string[];
  /** Functions that replace those named by its options. */
  readonly code?: NodeCode;
  /** The step that undoes it, as a builder says. */
  readonly undoing?: WrittenStep;
}

/** The result of compiling a spelling: the graph, and the code of its nodes. */
export interface Compiled {
  /** The `steps` of this source are those that the flow uses, with the options of each use. */
  readonly source: WorkflowSource;
  readonly definition: WorkflowDefinition;
  readonly code: ReadonlyMap<string, NodeCode>;
  /** The problems that the compiler found. The verifier adds others. */
  readonly problems: readonly string[];
}

/** The user's code of one node. Functions without a signature here are pure and quick: `(context, step: StepInfo)`. */
export interface NodeCode {
  /** The body: `(context, message, step)` if it takes a message, else `(context, step)`. */
  readonly run?: AnyFunction;
  readonly takesMessage?: boolean;
  /** Sends the request, or gives the starting values of a child: `(context, step)`. */
  readonly request?: AnyFunction;
  /** Undoes the step: `(context, step)`. */
  readonly compensate?: AnyFunction;
  /** What is seen instead of the context by a compensation that asks first: `(context, step)`. */
  readonly undoSees?: AnyFunction;
  /** Called when the step is overdue: `(context, step)`. */
  readonly remind?: AnyFunction;
  /** The schema of the input or response that the step waits for. */
  readonly message?: Schema;
  /** Whether an error makes further attempts useless. */
  readonly isFinal?: (error: unknown) => boolean;
  /** The same, for undoing. */
  readonly isUndoFinal?: (error: unknown) => boolean;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly when?: AnyFunction;
  /** For a choice. */
  readonly test?: AnyFunction;
  /** For an each. */
  readonly items?: AnyFunction;
  readonly after?: AnyFunction;
  readonly within?: AnyFunction;
  readonly every?: AnyFunction;
  readonly completeBy?: AnyFunction;
  readonly overdue?: AnyFunction;
  /** For an event. */
  readonly key?: AnyFunction;
  readonly since?: AnyFunction;
}

/** Settings of the module that a definition uses where it has none of its own. */
export interface DefinitionDefaults {
  readonly retry?: StepOptions['retry'];
  readonly timeout?: StepOptions['timeout'];
  readonly onError?: StepOptions['onError'];
}

/** The method of an object with this name, if there is one. The constructor and the methods of every object do not count. */
export function methodOf(host: object, name: unknown): AnyFunction | undefined {
  const found = typeof name === 'string' && name !== 'constructor' ? (host as Record<string, unknown>)[name] : undefined;
  if (found === Object.prototype[name as keyof object]) return undefined;
  return typeof found === 'function' ? (found as AnyFunction) : undefined;
}

/** All method names, for "did you mean". */
export function methodNames(host: object): string[] {
  const names = new Set<string>();
  for (let proto = Object.getPrototypeOf(host) as object | null; proto && proto !== Object.prototype; proto = Object.getPrototypeOf(proto) as object | null) {
    for (const name of Object.getOwnPropertyNames(proto)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}
