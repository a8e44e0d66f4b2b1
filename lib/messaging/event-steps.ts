/** The steps that events are for, in the workflows that this application knows. */
import { type EventGate, type StepNode, stepsOf } from '../definition/graph.js';
import { hears, type WorkflowRegistry } from '../workflows/registry.js';

/** What the steps in the flow that are for this event say of it. */
export function gatesFor(registry: WorkflowRegistry, event: string): EventGate[] {
  return allSteps(registry).flatMap((node) => (!node.unsolicited && hears(node, event) ? (node.gate as EventGate) : []));
}

export function isHeard(registry: WorkflowRegistry, event: string): boolean {
  return allSteps(registry).some((node) => hears(node, event));
}

/** The names of all events that steps are for. */
export function heardEvents(registry: WorkflowRegistry): Set<string> {
  return new Set(allSteps(registry).flatMap(({ gate }) => (gate.for === 'event' ? gate.event : [])));
}

function allSteps(registry: WorkflowRegistry): StepNode[] {
  return registry.all().flatMap(({ definition }) => stepsOf(definition));
}
