import { checkName, MAX_GROUP_ID } from '../context/checks.js';
import { WORKFLOW_METADATA } from '../decorators/workflow.decorator.js';
import type { WorkflowOptions } from '../definition/workflow-options.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import { type Gate, stepsOf, type StepNode, unsolicitedSteps } from '../definition/graph.js';
import type { NodeCode, WorkflowSource } from '../definition/source.js';
import { didYouMean } from '../values/suggest.js';
import { UnknownStepError, UnknownWorkflowError } from '../values/errors.js';
import type { KnownWorkflow } from '../store/port.js';
import type { Class } from '../values/types.js';
import type { BoundWorkflow } from './bound-workflow.js';
import { UnreadableProcesses } from './unreadable-processes.js';
import type { WorkflowCompiler } from './workflow-compiler.js';

/** The names of the steps that a caller addresses, and the code of the first. All share the part of it that messages need. */
export interface Addressed {
  readonly names: readonly string[];
  readonly code: NodeCode;
}

/** The workflows that this application knows, by name and version. Filled at boot, and when one is defined or withdrawn at run time. */
export class WorkflowRegistry {
  /** Compiles workflows that are defined at run time. Set at boot. */
  compiler: WorkflowCompiler | undefined;
  readonly unreadable = new UnreadableProcesses();
  private readonly byName = new Map<string, Map<number, BoundWorkflow>>();
  /** The withdrawn versions, by name. */
  private readonly withdrawn = new Map<string, Set<number>>();

  /** Adds a workflow, or replaces the one with its name and version. */
  add(workflow: BoundWorkflow): void {
    const { name, version } = workflow.definition;
    this.withdrawn.get(name)?.delete(version);
    this.byName.set(name, (this.byName.get(name) ?? new Map<number, BoundWorkflow>()).set(version, workflow));
  }

  /** Removes a version. Its processes are left alone until it is added again. */
  remove(name: string, version: number): void {
    const versions = this.byName.get(name);
    versions?.delete(version);
    if (versions?.size === 0) this.byName.delete(name);
  }

  /** Withdraws a version: no process starts with it, and its processes stand still, until it is defined again. */
  withdraw(name: string, version: number): void {
    this.remove(name, version);
    this.withdrawn.set(name, (this.withdrawn.get(name) ?? new Set<number>()).add(version));
  }

  isWithdrawn(name: string, version: number): boolean {
    return this.withdrawn.get(name)?.has(version) ?? false;
  }

  /** The workflow of a live process; undefined: this application does not know it, and leaves the process alone. */
  find(name: string, version: number): BoundWorkflow | undefined {
    return this.byName.get(name)?.get(version);
  }

  /** @throws UnknownWorkflowError */
  get(workflow: Class | string, version?: number): BoundWorkflow {
    const name = this.nameOf(workflow);
    const found = this.byName.get(name)?.get(version ?? versionOf(workflow) ?? this.latest(name));
    if (!found) throw new UnknownWorkflowError(name, this.remedy(name, version), version);
    return found;
  }

  /** @throws UnknownWorkflowError if the class is undefined, as in a circular import */
  nameOf(workflow: Class | string): string {
    if (typeof workflow !== 'string' && typeof workflow !== 'function')
      throw new UnknownWorkflowError(String(workflow), ' Do imports go in a circle? Then name it: its class is not there yet.');
    if (typeof workflow === 'function') return optionsOf(workflow)?.name ?? workflow.name;
    checkName('workflow', workflow, MAX_GROUP_ID);
    return workflow;
  }

  /** The searchable keys of a workflow, in any of its versions. */
  searchable(workflow: Class | string): ReadonlySet<string> {
    const versions = this.byName.get(this.nameOf(workflow))?.values() ?? [];
    return new Set([...versions].flatMap(({ searchable }) => searchable));
  }

  private latest(name: string): number {
    return Math.max(...(this.byName.get(name)?.keys() ?? [0]));
  }

  private remedy(name: string, version: number | undefined): string {
    const withdrawn = this.withdrawn.get(name);
    if (version === undefined ? withdrawn?.size : withdrawn?.has(version)) return ' It was withdrawn: define() its document to bring it back.';
    return this.byName.has(name)
      ? ` Known versions: ${[...this.byName.get(name)!.keys()].join(', ')}.`
      : didYouMean(name, this.byName.keys()) || ' Is its class in the providers of a module that is imported?';
  }

  /** The addressed steps that wait for a response. @throws UnknownStepError */
  responder(workflow: Class | string, step: Class | string): Addressed {
    return this.addressed(workflow, step, 'response', ' It needs a step with a request.');
  }

  /** The addressed steps that wait for an input, or take one at any time. @throws UnknownStepError */
  receiver(workflow: Class | string, step: Class | string): Addressed {
    return this.addressed(workflow, step, 'input', ' It needs a step with an input.');
  }

  /** Also finds steps that only another version has, because its processes still get messages. */
  private addressed(workflow: Class | string, step: Class | string, gate: Gate['for'], remedy: string): Addressed {
    const meant = this.get(workflow);
    const others = [...this.byName.get(meant.definition.name)!.values()].filter((bound) => bound !== meant).sort(newestFirst);
    for (const bound of [meant, ...others]) {
      const [first, ...more] = receiversIn(bound, step, gate);
      if (first !== undefined) return { names: [first, ...more], code: bound.steps.get(first)! };
    }
    const waiting = waitingFor(meant, gate);
    throw new UnknownStepError(meant.definition.name, stepNameOf(step), didYouMean(stepNameOf(step), waiting) || remedy);
  }

  /** True if a response to the step of this name, or step class, is for this step. */
  answers(bound: BoundWorkflow, name: string, step: string): boolean {
    return name === step || receiversIn(bound, name, 'response').includes(step);
  }

  /** The versions that can run here. Processes of unknown versions, and those that cannot be read, are skipped, so they do not delay others. */
  known(): KnownWorkflow[] {
    const except = this.unreadable.ids();
    return [...this.byName].map(([workflow, versions]) => ({ workflow, versions: [...versions.keys()], ...(except.length > 0 && { except }) }));
  }

  /** The newest version that this application knows. */
  newest(name: string): BoundWorkflow | undefined {
    return this.find(name, this.latest(name));
  }

  withdrawnNames(): string[] {
    return [...this.withdrawn].flatMap(([name, versions]) => (versions.size > 0 ? name : []));
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

  /** The workflows that an event may reach although none of their processes waits for it. */
  listeningTo(event: string): string[] {
    return [...new Set(this.all().filter(({ definition }) => unsolicitedSteps(definition).some((node) => hears(node, event))).map(({ definition }) => definition.name))]; // prettier-ignore
  }
}

/** The steps of this name, in this version, or the uses of this step class. @throws UnknownStepError */
export function stepsMeant({ definition, source }: BoundWorkflow, step: Class | string): readonly string[] {
  const all = stepsOf(definition).map(({ name }) => name);
  const meant = all.includes(step as string) ? [step as string] : all.filter((name) => usesOf(source, stepNameOf(step)).has(name));
  if (meant.length === 0) throw new UnknownStepError(definition.name, stepNameOf(step), didYouMean(stepNameOf(step), all));
  return meant;
}

function waitingFor({ definition }: BoundWorkflow, gate: Gate['for']): string[] {
  return stepsOf(definition).flatMap((node) => (node.gate.for === gate ? node.name : []));
}

/** The step of this name, or the uses of this step class. */
function receiversIn(bound: BoundWorkflow, step: Class | string, gate: Gate['for']): string[] {
  const waiting = waitingFor(bound, gate);
  return waiting.includes(step as string) ? [step as string] : waiting.filter((name) => usesOf(bound.source, stepNameOf(step)).has(name));
}

function newestFirst(a: BoundWorkflow, b: BoundWorkflow): number {
  return b.definition.version - a.definition.version;
}

/** The names of the steps that use the step class of this name. */
function usesOf({ steps }: WorkflowSource, type: string): ReadonlySet<string> {
  return new Set(steps.filter(({ isClass, host }) => isClass && stepNameOf(host.constructor as Class) === type).map(({ name }) => name));
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
