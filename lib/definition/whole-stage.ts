import type { StageNode, WorkflowDefinition } from './graph.js';

/** The name of the stage around the whole flow, which a workflow with a `within` of its own has. */
export function wholeStageName(workflow: string): string {
  return `${workflow} (within)`;
}

/** The stage around the whole flow, if there is one. All nodes at the root stand inside it. */
export function wholeStage({ name, start, nodes }: Pick<WorkflowDefinition, 'name' | 'start' | 'nodes'>): StageNode | undefined {
  const first = nodes.get(start);
  return first?.kind === 'stage' && first.name === wholeStageName(name) ? first : undefined;
}
