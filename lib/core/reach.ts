import { onwardOf, type StepNode, type WorkflowDefinition } from '../definition/graph.js';

/** The nodes to which edges lead from this one, without entering a branch. `past`: no edge is followed beyond this node. */
export function reachedFrom({ nodes }: WorkflowDefinition, from: string, past?: string): ReadonlySet<string> {
  const found = new Set<string>();
  const left = [from];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const node = name === past ? undefined : nodes.get(name);
    for (const next of node ? onwardOf(node) : []) if (!found.has(next) && found.add(next)) left.push(next);
  }
  return found;
}

/** The steps of the main flow between two nodes, those of all ways. */
export function stepsBetween(definition: WorkflowDefinition, from: string, to: string): StepNode[] {
  const names = [...reachedFrom(definition, from, to)].filter((name) => name !== from && name !== to && reachedFrom(definition, name).has(to));
  return names.flatMap((name) => {
    const node = definition.nodes.get(name);
    return node?.kind === 'step' ? [node] : [];
  });
}
