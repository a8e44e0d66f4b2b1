import * as dagre from '@dagrejs/dagre';
import type { Graph } from '../api/types.js';
import { type Box, sizeOf } from './sizes.js';

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
}

const MARGIN = 16;

/** Places nodes and edges, from left to right on a wide page, else from top to bottom. */
export function layoutOf({ nodes, edges }: Pick<Graph, 'nodes' | 'edges'>, direction: 'LR' | 'TB'): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 22, ranksep: 38, edgesep: 12, marginx: MARGIN, marginy: MARGIN, ranker: ranker(nodes.length) });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.id, { ...sizeOf(node) });
  edges.forEach(({ from, to, label }, index) => graph.setEdge(from, to, labelBox(label), String(index)));
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: nodes.map(({ id }) => ({ id, ...(graph.node(id) as unknown as Box) })),
    edges: edges.map((edge, index) => placedEdge(edge, index, graph.edge(edge.from, edge.to, String(index)) as unknown as RawEdge)),
  };
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
