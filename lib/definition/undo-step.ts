import type { StepNode } from './graph.js';
import type { DefinitionDefaults, WrittenStep } from './source.js';
import { requestOf, stepNode, undoingOf, undoOptions } from './step-node.js';

/** What undoes a step, as a step of its own beside the flow. Left out where it does not ask first. */
function undoStepOf(step: WrittenStep): WrittenStep | undefined {
  const { undoing, options, host, isClass } = step;
  if (undoing) return requestOf(undoing) === undefined ? undefined : undoing;
  const { request, response } = undoOptions(options.compensate);
  const method = undoingOf(step);
  if (request === undefined || method === undefined) return undefined;
  return { name: undoName(step, method), host, method, isClass, options: { request, ...(response !== undefined && { response }) } };
}

/** The name by which its answer is addressed. A step class has a use in many workflows, and the name of a use tells them apart. */
function undoName({ isClass, name }: WrittenStep, method: string): string {
  return isClass ? `${name}.${method}` : method;
}

/** Nothing leads to it but the undoing, and nothing follows it. */
export function undoNode(step: WrittenStep, policy: DefinitionDefaults): StepNode {
  return { ...stepNode(step, { next: [] }, false, { timeout: policy.timeout }), unsolicited: true };
}

/** The steps that undo others and ask first. Two steps may be undone by the same one. */
export class UndoSteps {
  private readonly known = new Map<string, WrittenStep>();

  /** What undoes this step, if it asks first. `isNew`: no other step is undone by it. */
  of(step: WrittenStep): (WrittenStep & { readonly isNew: boolean }) | undefined {
    const undo = undoStepOf(step);
    if (!undo) return undefined;
    const known = this.known.get(undo.name);
    this.known.set(undo.name, undo);
    return { ...undo, isNew: !known || !isSameUndo(known, undo) };
  }
}

function isSameUndo(one: WrittenStep, other: WrittenStep): boolean {
  return one.host === other.host && one.method === other.method && requestOf(one) === requestOf(other) && one.options.response === other.options.response;
}
