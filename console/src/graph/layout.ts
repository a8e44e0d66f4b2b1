import * as dagre from '@dagrejs/dagre';
import type { Graph, GraphNode } from '../api/types.js';
import { type Box, isContainer, sizeOf } from './sizes.js';

export interface PlacedNode extends Box {
  readonly id: string;
}
export interface PlacedEdge {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly label: string | null;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly labelAt: { readonly x: number; readonly y: number } | null;
}
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  /** Around the branches of each container, by the id of the container; those outside come first. */
  readonly boxes: readonly PlacedNode[];
}

const MARGIN = 16;

/** Places nodes, edges and boxes, from left to right on a wide page, else from top to bottom. */
export function layoutOf({ nodes, edges }: Pick<Graph, 'nodes' | 'edges'>, direction: 'LR' | 'TB'): Layout {
  const containers = nodes.filter(isContainer);
  const graph = new dagre.graphlib.Graph({ multigraph: true, compound: true });
  const apart = containers.length === 0 ? { nodesep: 22, edgesep: 12 } : { nodesep: 28, edgesep: 24 }; // within a box, its title stands above the branches
  graph.setGraph({ rankdir: direction, ...apart, ranksep: 38, marginx: MARGIN, marginy: MARGIN, ranker: ranker(nodes.length) });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(node) });
  for (const { id } of containers) graph.setNode(boxId(id), {});
  for (const node of nodes) putInside(graph, node);
  edges.forEach(({ from, to, label }, index) => graph.setEdge(from, to, labelBox(label), String(index)));
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const placed = (id: string, of = id) => ({ id, ...(graph.node(of) as unknown as Box) });
  return {
    width,
    height,
    nodes: nodes.map(({ id }) => placed(id)),
    edges: edges.map((edge, index) => placedEdge(edge, index, graph.edge(edge.from, edge.to, String(index)) as unknown as RawEdge)),
    boxes: containers.map(({ id }) => placed(id, boxId(id))).sort((a, b) => b.width * b.height - a.width * a.height),
  };
}

function boxId(container: string): string {
  return `box ${container}`;
}

/** A container begins within its own box, and its box stands in that of the container around it. */
function putInside(graph: dagre.graphlib.Graph, node: GraphNode): void {
  if (!isContainer(node)) return void (node.inside !== null && graph.setParent(node.id, boxId(node.inside)));
  graph.setParent(node.id, boxId(node.id));
  if (node.inside !== null) graph.setParent(boxId(node.id), boxId(node.inside));
}

/** The usual ranker makes shorter edges, and takes long for many nodes. */
function ranker(count: number): string {
  return count > 100 ? 'longest-path' : 'network-simplex';
}

function labelBox(label: string | null): object {
  return label === null ? {} : { width: label.length * 6.4 + 8, height: 16, labelpos: 'c' };
}

interface RawEdge {
  readonly points: readonly { x: number; y: number }[];
  readonly x?: number;
  readonly y?: number;
}

function placedEdge({ from, to, label }: Graph['edges'][number], index: number, { points, x, y }: RawEdge): PlacedEdge {
  return { key: String(index), from, to, label, points, labelAt: label !== null && x !== undefined && y !== undefined ? { x, y } : null };
}
