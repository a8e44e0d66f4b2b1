import type { Node } from '../../lib/definition/graph.js';
import type { BoundWorkflow } from '../../lib/workflows/bound-workflow.js';
import { aDefinition, aStepNode } from '../core/builders.js';

/** Version 1 of the workflow `order`, without code. */
export function aBound(nodes: readonly Node[] = [aStepNode('a')]): BoundWorkflow {
  const source = { className: 'Order', options: { name: 'order' }, steps: [], instance: {} };
  return { definition: aDefinition(nodes), context: undefined, steps: new Map(), completeWhen: undefined, searchable: [], source };
}
