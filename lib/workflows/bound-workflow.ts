import { END, type WorkflowDefinition } from '../definition/graph.js';
import { fromContext } from '../definition/node-code.js';
import type { AnyFunction, Compiled, NodeCode, WorkflowSource } from '../definition/source.js';
import { searchableKeys } from '../definition/searchable.js';
import type { Schema } from '../values/types.js';

/** A definition with the user's code. */
export interface BoundWorkflow {
  readonly definition: WorkflowDefinition;
  readonly context: Schema | undefined;
  /** The code of the nodes, by name. */
  readonly steps: ReadonlyMap<string, NodeCode>;
  readonly completeWhen: AnyFunction | undefined;
  /** The keys of the context by whose values its processes are found. */
  readonly searchable: readonly string[];
  readonly source: WorkflowSource;
}

export function bind({ source, definition, code }: Compiled): BoundWorkflow {
  const { completeWhen, context } = source.options;
  return { definition, context, steps: code, completeWhen: fromContext(completeWhen), searchable: searchableKeys(source.options), source };
}

/** Stands in for a definition that this application does not know: enough to stop a process, or to end it. */
export function unknownBound(name: string, version: number): BoundWorkflow {
  const definition: WorkflowDefinition = { name, version, start: END, nodes: new Map(), completesEarly: false, onError: 'fail' };
  const source = { className: name, options: { name }, steps: [], instance: {} };
  return { definition, context: undefined, steps: new Map(), completeWhen: undefined, searchable: [], source };
}
