import { WORKFLOW_METADATA, type WorkflowOptions } from '../decorators/workflow.decorator.js';
import { stepsOf, type StepNode, unsolicitedSteps } from '../definition/graph.js';
import { didYouMean } from '../definition/suggest.js';
import { UnknownStepError, UnknownWorkflowError } from '../errors.js';
import type { Class } from '../values.js';
import type { BoundStep, BoundWorkflow } from './bound-workflow.js';

/** The workflows this application knows, by name and version. Filled at boot, read ever after. */
export class WorkflowRegistry {
  private readonly byName = new Map<string, Map<number, BoundWorkflow>>();

  add(workflow: BoundWorkflow): void {
    const { name, version } = workflow.definition;
    this.byName.set(name, (this.byName.get(name) ?? new Map<number, BoundWorkflow>()).set(version, workflow));
  }

  /** The workflow of a live process; undefined: this application does not know it, and leaves the process alone. */
  find(name: string, version: number): BoundWorkflow | undefined {
    return this.byName.get(name)?.get(version);
  }

  /** @throws UnknownWorkflowError */
  get(workflow: Class | string, version?: number): BoundWorkflow {
    const name = this.nameOf(workflow);
    const found = this.byName.get(name)?.get(version ?? versionOf(workflow) ?? this.latest(name));
    if (!found) throw new UnknownWorkflowError(name, this.remedy(name), version);
    return found;
  }

  /** @throws UnknownWorkflowError for what names none, as an import that goes in a circle */
  nameOf(workflow: Class | string): string {
    if (typeof workflow !== 'string' && typeof workflow !== 'function')
      throw new UnknownWorkflowError(String(workflow), ' Do imports go in a circle? Then name it: its class is not there yet.');
    return typeof workflow === 'string' ? workflow : (optionsOf(workflow)?.name ?? workflow.name);
  }

  private latest(name: string): number {
    return Math.max(...(this.byName.get(name)?.keys() ?? [0]));
  }

  private remedy(name: string): string {
    return this.byName.has(name)
      ? ` Known versions: ${[...this.byName.get(name)!.keys()].join(', ')}.`
      : didYouMean(name, this.byName.keys()) || ' Is its class in the providers of a module that is imported?';
  }

  /** A step that waits for an answer, in any version. @throws UnknownStepError */
  responder(workflow: Class | string, step: string): BoundStep {
    const { definition, steps } = this.get(workflow);
    const asking = stepsOf(definition).filter((node) => node.gate.for === 'response');
    if (!asking.some((node) => node.name === step)) throw new UnknownStepError(definition.name, step, didYouMean(step, asking.map((node) => node.name)) || ' It needs a step with a request.'); // prettier-ignore
    return steps.get(step)!;
  }

  names(): string[] {
    return [...this.byName.keys()];
  }

  all(): BoundWorkflow[] {
    return [...this.byName.values()].flatMap((versions) => [...versions.values()]);
  }

  /** The task queues its workflows name. */
  queues(): string[] {
    return [...new Set(this.all().flatMap(({ definition }) => stepsOf(definition).flatMap(({ queue }) => queue ?? [])))];
  }

  /** The workflows that an event may reach although nobody in them waits for it. */
  listeningTo(event: string): string[] {
    return [...new Set(this.all().filter(({ definition }) => unsolicitedSteps(definition).some((node) => hears(node, event))).map(({ definition }) => definition.name))]; // prettier-ignore
  }

  /** Does a flow stand still for this event anywhere? Then it is kept, for whoever comes to wait. */
  isAwaited(event: string): boolean {
    return this.all().some(({ definition }) => stepsOf(definition).some((node) => !node.unsolicited && hears(node, event)));
  }
}

export function hears(node: StepNode, event: string): boolean {
  return node.gate.for === 'event' && node.gate.event === event;
}

export function optionsOf(workflow: Class): WorkflowOptions | undefined {
  return Reflect.getMetadata(WORKFLOW_METADATA, workflow) as WorkflowOptions | undefined;
}

function versionOf(workflow: Class | string): number | undefined {
  return typeof workflow === 'string' ? undefined : (optionsOf(workflow)?.version ?? 1);
}
