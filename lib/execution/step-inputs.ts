import { withDefaults } from '../context/context.js';
import type { ChildGate, Node } from '../definition/graph.js';
import { isEventToken } from '../core/token.js';
import { type ProcessStore, valuesOf } from '../store/process-store.js';
import type { Json, JsonObject } from '../values/json.js';
import type { Schema } from '../values/types.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import { returnedWith, type RunningProcess } from './running-process.js';
import type { AwaitedMessage, StepVisit, Undone } from './step-context.js';

/** The message that a child has ended. `values`: the starting values of a child that no step waits for. */
interface ChildMessage {
  readonly processId: string;
  readonly version: number;
  readonly values?: JsonObject;
}

/** Gives a step run the message it waited for and the result of the step before, from memory if they are there. */
export class StepInputs {
  constructor(
    private readonly store: ProcessStore,
    private readonly loader: BatchLoader,
    private readonly registry: WorkflowRegistry,
  ) {}

  /** Returns a promise only for a message, or for a result that is not in memory. Most often there is neither. */
  bring(visit: StepVisit, process?: RunningProcess): Promise<void> | undefined {
    const { token, undoes } = visit;
    const version = token.does === 'undo' ? resultVersionOf(undoes) : token.previous;
    if (version !== undefined) visit.returnedBefore = process?.returnedBy(version);
    const toRead = visit.returnedBefore === undefined ? version : undefined;
    const message = undoes ? undoes.message : token.does === 'run' ? token.message : undefined;
    const isNeeded = toRead !== undefined || message !== undefined || visit.tried?.message !== undefined;
    return isNeeded ? this.read(visit, toRead, message, process) : undefined;
  }

  private async read(visit: StepVisit, version: number | undefined, message: string | undefined, process: RunningProcess | undefined): Promise<void> {
    const { name, undoStep, tried } = visit;
    if (version !== undefined) visit.returnedBefore = await this.returnedBy(visit.processId, version);
    const awaited = message === undefined ? undefined : await this.awaitedBy(visit, name, message, process);
    if (undoStep === undefined) visit.awaited = awaited;
    else visit.awaitedBefore = awaited;
    if (undoStep !== undefined && tried?.message !== undefined) visit.awaited = await this.awaitedBy(visit, undoStep, tried.message, process);
  }

  private async returnedBy(processId: string, version: number): Promise<Json | undefined> {
    const [found] = await this.store.queries.versions(processId, version, version);
    return found && returnedWith(found);
  }

  /** The context schema of the child that a step starts. */
  childSchema(node: Node | undefined): Schema | undefined {
    const gate = childGateOf(node);
    return gate && this.contextClassOf(gate);
  }

  private contextClassOf({ workflow, version }: ChildGate): Schema | undefined {
    const known = this.registry.all().filter(({ definition }) => definition.name === workflow && (version ?? definition.version) === definition.version);
    return known.toSorted((a, b) => b.definition.version - a.definition.version)[0]?.context;
  }

  /** The message as stored: converting it to its class may fail, and so is part of the body. */
  private async awaitedBy(visit: StepVisit, name: string, message: string, process: RunningProcess | undefined): Promise<AwaitedMessage> {
    const { bound } = visit;
    const stored = process?.message(message) ?? (await this.bodyOf(visit, message, process));
    const gate = childGateOf(bound.definition.nodes.get(name));
    if (gate) return this.contextOf(gate, stored as unknown as ChildMessage);
    return { stored, schema: bound.steps.get(name)?.message };
  }

  /** Reads with it the messages of the events that come next. */
  private async bodyOf({ processId, token, eventMessages }: StepVisit, message: string, process: RunningProcess | undefined): Promise<Json> {
    const messages = isEventToken(token) ? [...new Set([message, ...eventMessages])] : [message];
    const found = (await this.loader.load({ id: processId, waits: [], messages, context: false }))?.messages ?? [];
    if (messages.length > 1) process?.keepMessages(found);
    return found.find(({ id }) => id === message)?.body ?? null;
  }

  /** The values a child had when it ended, or the starting values of a child that no step waits for. */
  private async contextOf(gate: ChildGate, { processId, version, values }: ChildMessage): Promise<AwaitedMessage> {
    if (values) {
      const schema = this.contextClassOf(gate);
      return { stored: withDefaults(schema, values), schema };
    }
    const [child, versions] = await Promise.all([
      this.loader.load({ id: processId, waits: [], messages: [], context: false }),
      this.store.queries.versionsUpTo(processId, version),
    ]);
    return { stored: valuesOf(versions), schema: child ? this.registry.find(child.process.workflow, child.process.workflowVersion)?.context : undefined };
  }
}

/** The version with the result of a step run that is undone. A step run that was not completed has none. */
function resultVersionOf(undoes: Undone | null): number | undefined {
  return undoes?.reached === 'completed' ? undoes.version : undefined;
}

function childGateOf(node: Node | undefined): ChildGate | undefined {
  return node?.kind === 'step' && node.gate.for === 'child' ? node.gate : undefined;
}
