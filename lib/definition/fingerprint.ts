import { bodyDigest } from '../values/digest.js';
import type { JsonObject } from '../values/json.js';
import type { Compiled } from './source.js';
import type { StepJson, WorkflowJson } from './workflow-json.js';

/**
 * Distinguishes two definitions of one version. Functions cannot be compared, so for code only the graph counts. For a document
 * its settings and the context keys that it names count too. Where its updates are sent does not count.
 */
export function fingerprintOf({ definition, source: { document } }: Pick<Compiled, 'definition' | 'source'>): string {
  const { nodes, updates: _toldTo, ...whole } = definition;
  const graph = [...nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return bodyDigest(dataOf({ ...whole, nodes: graph, ...(document && { names: referencedNames(document) }) }));
}

/** Drops undefined values, which mean the same as missing ones. */
function dataOf(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function referencedNames({ config, context, completeWhen, within, stages, steps, activities }: WorkflowJson): object {
  return { config, context, completeWhen, within, stages, steps: (steps ?? activities)!.map(keysIn) };
}

function keysIn({
  name,
  use = name,
  when,
  if: condition,
  while: loop,
  forEach,
  on,
  after,
  within,
  every,
  completeBy,
  overdue,
  child,
  retry,
  compensate,
  config,
}: StepJson): object {
  const unless = typeof retry === 'object' ? retry.unless : undefined;
  const undo = typeof compensate === 'object' && typeof compensate.retry === 'object' ? compensate.retry.unless : undefined;
  return { name, use, when, condition, loop, forEach, on, after, within, every, completeBy, overdue, child, unless, undo, config };
}
