import { bodyDigest } from '../values/digest.js';
import type { JsonObject } from '../values/json.js';
import type { Compiled } from './source.js';
import type { StepJson, WorkflowJson } from './workflow-json.js';

/**
 * Tells one definition from another of the same version. What functions say cannot be seen: of code it is the graph alone, of a
 * document also its settings and the context keys it names.
 */
export function fingerprintOf({ definition, source: { document } }: Pick<Compiled, 'definition' | 'source'>): string {
  const { nodes, ...whole } = definition;
  const graph = [...nodes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return bodyDigest(dataOf({ ...whole, nodes: graph, ...(document && { names: namesIn(document) }) }));
}

/** Without what is undefined, which is the same as not there. */
function dataOf(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function namesIn({ config, context, completeWhen, within, steps, activities }: WorkflowJson): object {
  return { config, context, completeWhen, within, steps: (steps ?? activities)!.map(keysIn) };
}

function keysIn({ name, use = name, when, if: condition, while: loop, forEach, on, after, within, overdue, child, retry, config }: StepJson): object {
  const unless = typeof retry === 'object' ? retry.unless : undefined;
  return { name, use, when, condition, loop, forEach, on, after, within, overdue, child, unless, config };
}
