import { Inject, Injectable } from '@nestjs/common';
import type { ApiRight } from '../api/api-options.js';
import { jsonSchemaOf } from '../context/json-schema.js';
import { hasFailed, isContainerToken, isStepToken } from '../core/token.js';
import type { ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import { Engine } from '../engine/engine.js';
import type { Progress } from '../query/progress.js';
import type { Explanation, FoundProcess, Process } from '../query/shapes.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { WorkflowService } from '../workflow.service.js';
import { type NodeState, nodeStatesOf, Ways } from './node-states.js';
import { type PossibleAction, possibleActions } from './possible-actions.js';
import { type StepRun, stepRunsOf } from './step-runs.js';
import { drawnGraph } from './workflow-graph.js';

/** All that the page of a process shows at once. */
export interface Situation {
  readonly process: Process;
  readonly explanation: Explanation;
  readonly progress: Progress;
  /** By the id of the node, as the graph of the workflow names it. */
  readonly nodes: Readonly<Record<string, NodeState>>;
  readonly steps: readonly StepRun[];
  /** At most 50. */
  readonly children: readonly FoundProcess[];
  readonly actions: readonly PossibleAction[];
}

/** What a request may do, as far as actions depend on it. */
export interface Allowance {
  readonly rights: ReadonlySet<ApiRight>;
  readonly hasTenants: boolean;
}

/** A process may have any number of audit records: so many of the newest are looked at. */
const MOST_RECORDS = 2000;
const MOST_CHILDREN = 50;
/** Where the workflow is not known, there are no ways. */
const NO_GRAPH = { nodes: [], edges: [] };

/** Finds out where a process stands. */
@Injectable()
export class Situations {
  constructor(
    @Inject(WorkflowService) private readonly workflows: WorkflowService,
    @Inject(Engine) private readonly engine: Engine,
  ) {}

  /** @throws ProcessNotFoundError */
  async of(id: string, allowance: Allowance): Promise<Situation> {
    const { lookup, registry } = this.engine.parts;
    const [state, waits, process, explanation, children] = await Promise.all([
      lookup.toRead(id),
      lookup.waitsOf(id),
      this.workflows.get(id),
      this.workflows.explain(id),
      this.workflows.find({ parent: id, limit: MOST_CHILDREN }),
    ]);
    const bound = registry.find(state.workflow, state.workflowVersion);
    return {
      process,
      explanation,
      progress: explanation.progress,
      ...(await this.past(state, waits, bound)),
      children: children.items,
      actions: actionsIn(state, waits, bound, allowance),
    };
  }

  private async past(process: ProcessState, waits: readonly WaitState[], bound: BoundWorkflow | undefined): Promise<Pick<Situation, 'nodes' | 'steps'>> {
    const after = Math.max(process.revision - MOST_RECORDS, 0);
    const records = await this.engine.parts.store.queries.recordsOf(process.id, { after, limit: MOST_RECORDS });
    const graph = bound ? drawnGraph(bound.definition) : NO_GRAPH;
    const ways = new Ways(graph);
    const steps = stepRunsOf({ process, waits, records, before: (step) => ways.before(step) });
    const tokens = [...process.tokens, ...waits.map(({ token }) => token)];
    const open = tokens.filter(isContainerToken).map(({ node }) => node);
    const failed = process.tokens.filter((token) => isStepToken(token) && hasFailed(token)).map(({ node }) => node);
    return {
      steps,
      nodes: bound
        ? nodeStatesOf({ graph, steps, records, open, failed, paused: pausedSteps(process, waits), isCompleted: process.status === 'completed' })
        : {},
    };
  }
}

/** Of many items, one that goes on counts. */
function pausedSteps({ tokens }: ProcessState, waits: readonly WaitState[]): string[] {
  const isHeld = ({ waitsFor }: WaitState) => waitsFor.kind === 'pause';
  const others = new Set([...tokens, ...waits.filter((wait) => !isHeld(wait)).map(({ token }) => token)].map(({ node }) => node));
  return waits.filter(isHeld).flatMap(({ token: { node } }) => (others.has(node) ? [] : node));
}

function actionsIn(process: ProcessState, waits: readonly WaitState[], bound: BoundWorkflow | undefined, allowance: Allowance): PossibleAction[] {
  const messageOf = (step: string) => jsonSchemaOf(bound?.steps.get(step)?.message);
  return possibleActions({ ...allowance, process, waits, definition: bound?.definition, messageOf, values: valuesSchema(bound) });
}

/** Of values that are given one by one, none must be there. */
function valuesSchema(bound: BoundWorkflow | undefined): object | null {
  const schema = bound ? jsonSchemaOf(bound.context) : null;
  const { required: _required, ...rest } = { required: null, ...schema };
  return schema && rest;
}
