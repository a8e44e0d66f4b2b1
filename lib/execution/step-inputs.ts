import { withDefaults } from '../context/context.js';
import type { Json, JsonObject } from '../values/json.js';
import type { ChildGate, Node } from '../definition/graph.js';
import { type ProcessStore, valuesOf } from '../store/process-store.js';
import type { Schema } from '../values/types.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { StepResults } from './step-results.js';
import type { ProcessCache } from '../writer/process-cache.js';
import type { Brought, StepVisit } from './step-context.js';

/** What the end of a child says; `values`: what it starts with, of one that nobody waits for. */
interface ChildLetter {
  readonly processId: string;
  readonly version: number;
  readonly values?: JsonObject;
}

/** ProcessCommands a visit what its body may look at: what it waited for, and what the step before returned. From memory where it is. */
export class StepInputs {
  readonly returned: StepResults;

  constructor(
    private readonly store: ProcessStore,
    private readonly loader: BatchLoader,
    private readonly registry: WorkflowRegistry,
  ) {
    this.returned = new StepResults(store);
  }

  /** A promise only where something has to be read: most often there is nothing, or it is in memory. */
  bring(bound: BoundWorkflow, visit: StepVisit, seat?: ProcessCache): Promise<void> | undefined {
    const { token, undoes } = visit;
    const version = undoes?.version ?? token.previous;
    if (version !== undefined && seat) visit.handed = this.returned.recall(seat, version);
    const isHanded = version === undefined || visit.handed !== undefined;
    const waitedFor = token.does === 'undo' ? undefined : token.message;
    return isHanded && waitedFor === undefined ? undefined : this.read(bound, visit, isHanded ? undefined : version, waitedFor, seat);
  }

  private async read(bound: BoundWorkflow, visit: StepVisit, version: number | undefined, message: string | undefined, seat?: ProcessCache): Promise<void> {
    if (version !== undefined) visit.handed = await this.returned.read(visit.processId, version);
    if (message !== undefined) visit.brought = await this.broughtBy(bound, visit, message, seat);
  }

  /** Of the child a step starts: what stores its values. */
  childOf(node: Node | undefined): Schema | undefined {
    const gate = childGate(node);
    return gate && this.contextClassOf(gate);
  }

  private contextClassOf({ workflow, version }: ChildGate): Schema | undefined {
    const known = this.registry.all().filter(({ definition }) => definition.name === workflow && (version ?? definition.version) === definition.version);
    return known.toSorted((a, b) => b.definition.version - a.definition.version)[0]?.context;
  }

  /** As it is stored: what its class makes of it may fail, and is part of the body. */
  private async broughtBy(bound: BoundWorkflow, { processId, token }: StepVisit, message: string, seat: ProcessCache | undefined): Promise<Brought> {
    const stored = seat?.messages.get(message) ?? (await this.bodyOf(processId, message));
    const gate = childGate(bound.definition.nodes.get(token.node));
    if (gate) return this.contextOf(gate, stored as unknown as ChildLetter);
    return { stored, schema: bound.steps.get(token.node)?.message };
  }

  private async bodyOf(processId: string, message: string): Promise<Json> {
    return (await this.loader.load({ id: processId, waits: [], messages: [message], context: false }))?.messages[0]?.body ?? null;
  }

  /** The values a child had when it ended; of one that nobody waits for, those it starts with. */
  private async contextOf(gate: ChildGate, { processId, version, values }: ChildLetter): Promise<Brought> {
    if (values) {
      const schema = this.contextClassOf(gate);
      return { stored: withDefaults(schema, values), schema };
    }
    const [child, versions] = await Promise.all([
      this.loader.load({ id: processId, waits: [], messages: [], context: false }),
      this.store.versionsUpTo(processId, version),
    ]);
    return { stored: valuesOf(versions), schema: child ? this.registry.find(child.process.workflow, child.process.workflowVersion)?.context : undefined };
  }
}

function childGate(node: Node | undefined): ChildGate | undefined {
  return node?.kind === 'step' && node.gate.for === 'child' ? node.gate : undefined;
}
