import type { StepOptions } from './step-options.js';
import type { WorkflowOptions } from './workflow-options.js';
import type { Class, Schema } from '../values/types.js';
import type { WorkflowDefinition } from './graph.js';
import type { WorkflowJson } from './workflow-json.js';

export type AnyFunction = (...args: any[]) => unknown;

/** A workflow as its author wrote it, in whatever spelling: read off a class by the explorer, or off a document. */
export interface WorkflowSource {
  /** Names it in problems: its class, or its document. */
  readonly className: string;
  readonly options: WorkflowOptions;
  /** In the order written. */
  readonly steps: readonly WrittenStep[];
  /** The provider: its methods are the bodies. Of a document: nothing. */
  readonly instance: object;
  /** Left out: the order written. A method: the builder. An object: the digraph. */
  readonly flow?: AnyFunction | Readonly<Record<string, readonly string[]>>;
  /** Of a document: as it was read. */
  readonly document?: WorkflowJson;
}

/** A step as written, and whose methods do it. */
export interface WrittenStep {
  readonly name: string;
  /** What its class says, with what this use of it says on top. */
  readonly options: StepOptions;
  /** The workflow, or the provider of a step class. */
  readonly host: object;
  /** The method that is its body: the step's own, or `run`. */
  readonly method: string;
  /** `run(context, step)`, and the other methods by their names. */
  readonly isClass: boolean;
  /** Where in its document it stands. */
  readonly path?: string;
  /** The workflow its `child` names. */
  readonly child?: { readonly workflow: string; readonly version?: number };
  /** The keys of the context that its flow maps what it returns to. */
  readonly outputs?: readonly string[];
  /** What it brings along, instead of what its options name. */
  readonly code?: NodeCode;
}

/** What a spelling compiles to: the graph, and the code of its nodes. */
export interface Compiled {
  /** Its `steps` are those that the flow uses, with what each use says on top. */
  readonly source: WorkflowSource;
  readonly definition: WorkflowDefinition;
  readonly code: ReadonlyMap<string, NodeCode>;
  /** What the compiler could make nothing of; the verifier adds what it finds. */
  readonly problems: readonly string[];
}

/** The user's code of one node. All but the bodies are pure, quick functions `(context, glance)`. */
export interface NodeCode {
  /** The body: `(context, message, step)` if it takes a message, else `(context, step)`. */
  readonly run?: AnyFunction;
  readonly takesMessage?: boolean;
  /** Asks, or gives the starting values of a child: `(context, step)`. */
  readonly request?: AnyFunction;
  /** Undoes it: `(context, step)`. */
  readonly compensate?: AnyFunction;
  /** Is told that it is overdue: `(context, step)`. */
  readonly remind?: AnyFunction;
  /** Reads what it waited for: an input, a response. */
  readonly message?: Schema;
  /** An error that another try cannot help. */
  readonly isFinal?: (error: unknown) => boolean;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly when?: AnyFunction;
  /** Of a choice. */
  readonly test?: AnyFunction;
  /** Of an each. */
  readonly items?: AnyFunction;
  readonly after?: AnyFunction;
  readonly within?: AnyFunction;
  readonly overdue?: AnyFunction;
  /** Of an event. */
  readonly key?: AnyFunction;
  readonly since?: AnyFunction;
}

/** Module-wide settings a definition takes over. */
export interface DefinitionDefaults {
  readonly retry?: StepOptions['retry'];
  readonly timeout?: StepOptions['timeout'];
  readonly onError?: StepOptions['onError'];
}

/** The method of an object with this name, if there is one: not its class, nor what every object has. */
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
