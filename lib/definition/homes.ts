import { branchesOf, isContainer, onwardOf, type WorkflowDefinition } from './graph.js';

/** Node → the container it stands in. */
export function homesOf({ nodes }: WorkflowDefinition): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  const visit = (name: string, container: string): void => {
    const node = nodes.get(name);
    if (!node || homes.has(name) || name === container) return;
    homes.set(name, container);
    for (const next of onwardOf(node)) visit(next, container);
  };
  for (const node of nodes.values()) if (isContainer(node)) for (const first of branchesOf(node)) visit(first, node.name);
  return homes;
}
