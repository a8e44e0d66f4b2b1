import {
  branchesOf,
  type ChoiceNode,
  type Container,
  edgesOf,
  END,
  isContainer,
  type Node,
  type StepNode,
  type WorkflowDefinition,
} from '../definition/graph.js';
import { homesOf } from '../definition/homes.js';
import { notesOf, notesOfContainer } from '../definition/node-notes.js';

/** A node to draw. A fork and an each also have a node where their branches meet. */
export interface DrawnNode {
  readonly id: string;
  readonly kind: 'step' | 'choice' | 'fork' | 'join' | 'each' | 'stage' | 'start' | 'end';
  /** The name of the step; null: it is none. */
  readonly step: string | null;
  readonly label: string;
  /** What it waits for, its queue, its limits. */
  readonly detail: string | null;
  /** The id of the container around it; where branches meet, that of their own container. */
  readonly inside: string | null;
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string | null;
}

export interface DrawnGraph {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

export const START_ID = 'start';
export const END_ID = 'end';

/** Names of nodes are free, so the ids of nodes begin with their kind. */
export function nodeId(name: string): string {
  return `node:${name}`;
}

export function joinId(container: string): string {
  return `join:${container}`;
}

/** The graph of a workflow as plain nodes and edges. */
export function drawnGraph(definition: WorkflowDefinition): DrawnGraph {
  const edgeEnds = new EdgeEnds(definition);
  const own = { step: null, detail: null, inside: null };
  const nodes = [...definition.nodes.values()];
  return {
    nodes: [
      { ...own, id: START_ID, kind: 'start', label: 'start' },
      ...nodes.flatMap((node) => drawnNodes(node, edgeEnds)),
      { ...own, id: END_ID, kind: 'end', label: 'end' },
    ],
    edges: [{ from: START_ID, to: edgeEnds.into(definition.start, END_ID), label: null }, ...nodes.flatMap((node) => drawnEdges(node, edgeEnds))],
  };
}

/** Where edges lead, and which container each node stands in. */
class EdgeEnds {
  private readonly homes: ReadonlyMap<string, string>;

  constructor(private readonly definition: WorkflowDefinition) {
    this.homes = homesOf(definition);
  }

  inside(name: string): string | null {
    const home = this.homes.get(name);
    return home === undefined ? null : nodeId(home);
  }

  /** The id that an edge to this node leads to. `ends`: where the branch ends. */
  into(name: string, ends: string): string {
    return name === END || !this.definition.nodes.has(name) ? ends : nodeId(name);
  }

  /** The id at which the branch of this node ends. */
  endOf(name: string): string {
    const home = this.homes.get(name);
    if (home === undefined) return END_ID;
    const container = this.definition.nodes.get(home) as Container;
    return container.kind === 'stage' ? this.into(container.next[0] ?? END, this.endOf(home)) : joinId(home);
  }
}

function drawnNodes(node: Node, edgeEnds: EdgeEnds): DrawnNode[] {
  const { name, kind } = node;
  const about = { id: nodeId(name), kind, label: name, inside: edgeEnds.inside(name) };
  if (!isContainer(node)) return [{ ...about, step: kind === 'step' ? name : null, detail: kind === 'step' ? inOneLine(notesOf(node as StepNode)) : null }];
  const container: DrawnNode = { ...about, step: null, detail: inOneLine(notesOfContainer(node)) };
  if (kind === 'stage') return [container];
  const label = node.kind === 'fork' ? node.join : 'all';
  return [container, { id: joinId(name), kind: 'join', step: null, label, detail: null, inside: nodeId(name) }];
}

function inOneLine(notes: Iterable<string>): string | null {
  return [...notes].join(', ') || null;
}

function drawnEdges(node: Node, edgeEnds: EdgeEnds): DrawnEdge[] {
  const ends = edgeEnds.endOf(node.name);
  const onError = 'onError' in node && typeof node.onError === 'object' ? [edge(node.name, edgeEnds.into(node.onError.next, ends), 'fails')] : [];
  if (node.kind === 'choice') return edgesOfChoice(node, edgeEnds, ends);
  return [...(isContainer(node) ? edgesOfContainer(node, edgeEnds, ends) : edgesOfStep(node, edgeEnds, ends)), ...onError];
}

function edgesOfChoice({ name, then, otherwise }: ChoiceNode, edgeEnds: EdgeEnds, ends: string): DrawnEdge[] {
  return [edge(name, edgeEnds.into(then, ends), 'yes'), edge(name, edgeEnds.into(otherwise, ends), 'no')];
}

/** A step beside the flow that names no other step leads nowhere. */
function edgesOfStep(node: StepNode, edgeEnds: EdgeEnds, ends: string): DrawnEdge[] {
  const { name, next, unsolicited } = node;
  if (next.length === 0) return unsolicited ? [] : [edge(name, ends)];
  const labels = next.length > 1 ? edgesOf(node) : [];
  return next.map((to, i) => edge(name, edgeEnds.into(to, ends), labels[i] ?? null));
}

function edgesOfContainer(node: Container, edgeEnds: EdgeEnds, ends: string): DrawnEdge[] {
  const inner = node.kind === 'stage' ? edgeEnds.into(node.next[0] ?? END, ends) : joinId(node.name);
  const into = branchesOf(node).map((first) => edge(node.name, edgeEnds.into(first, inner)));
  return node.kind === 'stage' ? into : [...into, { from: joinId(node.name), to: edgeEnds.into(node.next[0] ?? END, ends), label: null }];
}

function edge(from: string, to: string, label: string | null = null): DrawnEdge {
  return { from: nodeId(from), to, label };
}
