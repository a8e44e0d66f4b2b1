/** How far a process has come in its graph. */
import type { RecordDraft } from '../core/change.js';
import { type DrawnGraph, END_ID, nodeId, START_ID } from './workflow-graph.js';
import type { StepRun } from './step-runs.js';

export type NodeState = 'done' | 'current' | 'paused' | 'failed' | 'skipped' | 'undone';

/** What the states of nodes are made of. */
export interface NodeFacts {
  readonly graph: DrawnGraph;
  readonly steps: readonly StepRun[];
  /** The newest audit records, in order. */
  readonly records: readonly RecordDraft[];
  /** Names of the containers whose branches are under way. */
  readonly open: Iterable<string>;
  /** Names of the steps at which something has failed and stands. */
  readonly failed: Iterable<string>;
  /** Names of the steps where all that stands there is held back by a pause. */
  readonly paused: Iterable<string>;
  readonly isCompleted: boolean;
}

/** The state of each node that the process has reached, by the id of the node. */
export function nodeStatesOf({ graph, steps, records, open, failed, paused, isCompleted }: NodeFacts): Record<string, NodeState> {
  const states = new Map<string, NodeState>([[START_ID, 'done'], ...statesOfSteps(steps, records)]);
  // of many items, one that has failed or goes on counts, however many are done since
  for (const { step, state } of steps) if (OF_RUN[state] === 'current') states.set(nodeId(step), 'current');
  for (const name of failed) states.set(nodeId(name), 'failed');
  for (const name of open) states.set(nodeId(name), 'current');
  if (isCompleted) states.set(END_ID, 'done');
  const ways = new Ways(graph);
  const passed = graph.nodes.filter(({ id, step }) => step === null && !states.has(id) && ways.isPassed(id, states)).map(({ id }) => id);
  for (const name of paused) states.set(nodeId(name), 'paused');
  return Object.fromEntries([...states, ...passed.map((id) => [id, 'done'] as const)]);
}

const OF_RUN: Readonly<Partial<Record<StepRun['state'], NodeState>>> = {
  done: 'done',
  running: 'current',
  waiting: 'current',
  failed: 'failed',
  skipped: 'skipped',
};

/** The newest run of a step counts. Versions that a restart went back behind count no more. */
function statesOfSteps(steps: readonly StepRun[], records: readonly RecordDraft[]): Map<string, NodeState> {
  const undone = new Set(records.flatMap(({ type, step, run }) => (type === 'step-compensated' ? [`${step}#${run}`] : [])));
  const states = new Map<string, NodeState>();
  for (const { step, run, state, contextVersion, endedAt } of steps) {
    const isBack = contextVersion !== null && endedAt !== null && isBehind(records, contextVersion, endedAt.getTime());
    const shown = isBack ? undefined : undone.has(`${step}#${run}`) ? 'undone' : OF_RUN[state];
    if (shown) states.set(nodeId(step), shown);
    else states.delete(nodeId(step));
  }
  return states;
}

/** True if the process was restarted later from an older version. */
function isBehind(records: readonly RecordDraft[], version: number, at: number): boolean {
  return records.some((record) => record.type === 'process-restarted' && record.at >= at && record.contextVersion > version && fromVersion(record) < version);
}

/** The version that a restart says it went back to. */
function fromVersion({ detail }: RecordDraft): number {
  return Number(/\d+$/.exec(detail ?? '')?.[0] ?? Infinity);
}

/** The edges of a graph in both directions. */
export class Ways {
  private readonly from: ReadonlyMap<string, readonly string[]>;
  private readonly to: ReadonlyMap<string, readonly string[]>;
  private readonly steps: ReadonlyMap<string, string>;

  constructor({ nodes, edges }: DrawnGraph) {
    this.from = gathered(edges.map(({ from, to }) => [from, to]));
    this.to = gathered(edges.map(({ from, to }) => [to, from]));
    this.steps = new Map(nodes.flatMap(({ id, step }) => (step === null ? [] : [[id, step] as const])));
  }

  /** The steps that lead to a step, with nothing but choices and containers between them. */
  before(step: string): string[] {
    return this.nearest(nodeId(step), this.to).flatMap((id) => this.steps.get(id) ?? []);
  }

  /** True for a choice or a container: something before it was reached, and something behind it. */
  isPassed(id: string, states: ReadonlyMap<string, NodeState>): boolean {
    const [before, behind] = [this.nearest(id, this.to), this.nearest(id, this.from)];
    return before.some((each) => states.has(each) && states.get(each) !== 'current') && behind.some((each) => states.has(each));
  }

  /** The steps that are nearest in this direction; also the start and the end. */
  private nearest(id: string, edges: ReadonlyMap<string, readonly string[]>): string[] {
    const [found, seen] = [new Set<string>(), new Set<string>()];
    const visit = (from: string): void => {
      for (const next of edges.get(from) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        if (this.steps.has(next) || next === START_ID || next === END_ID) found.add(next);
        else visit(next);
      }
    };
    visit(id);
    return [...found];
  }
}

function gathered(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> {
  const all = new Map<string, string[]>();
  for (const [key, value] of pairs) all.set(key, [...(all.get(key) ?? []), value]);
  return all;
}
