import type { Graph, GraphNode, NodeState } from '../api/types.js';
import { ShapeMark } from '../parts/shape.js';
import { NODE } from '../words/status.js';
import type { Layout, PlacedEdge, PlacedNode } from './layout.js';
import { isContainer, lettersIn, pathThrough, shortened } from './sizes.js';

interface DrawingProps {
  readonly graph: Graph;
  readonly layout: Layout;
  /** Null: no process, only the workflow. */
  readonly states: Readonly<Record<string, NodeState>> | null;
  readonly selected: string | null;
  /** It is made as wide as its box. */
  readonly fits: boolean;
  readonly onSelect: (step: string) => void;
}

/** The graph as a picture. What it says and does is in the list of steps too, for those who do not see it. */
export function Drawing({ graph, layout, states, selected, fits, onSelect }: DrawingProps) {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const { width, height } = layout;
  return (
    <svg class={fits ? 'graph fits' : 'graph'} role="img" aria-label={summary(graph, states)} viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
          <path d="M0 0.5 L8 4 L0 7.5 z" class="arrow" />
        </marker>
      </defs>
      {layout.boxes.map(({ id, x, y, width: wide, height: high }) => (
        <rect key={id} class={`around-branches ${lookOf(states, id)}`} x={x - wide / 2} y={y - high / 2} width={wide} height={high} rx="9" />
      ))}
      {layout.edges.map((edge) => (
        <Edge key={edge.key} edge={edge} isTaken={states === null || (!!states[edge.from] && !!states[edge.to])} />
      ))}
      {layout.boxes.map((box) => (
        <BoxTitle key={box.id} box={box} node={byId.get(box.id)!} look={lookOf(states, box.id)} />
      ))}
      {layout.nodes.map((box) => {
        const node = byId.get(box.id)!;
        const look = lookOf(states, box.id);
        if (isContainer(node)) return <circle key={box.id} cx={box.x} cy={box.y} r="6" class={`node beginning ${look}`} />;
        return <Node key={box.id} box={box} node={node} look={look} isSelected={node.step !== null && node.step === selected} onSelect={onSelect} />;
      })}
    </svg>
  );
}

type NodeLook = NodeState | 'untaken' | 'plain';

function lookOf(states: DrawingProps['states'], id: string): NodeLook {
  return states === null ? 'plain' : (states[id] ?? 'untaken');
}

function isState(look: NodeLook): look is NodeState {
  return look !== 'untaken' && look !== 'plain';
}

function summary({ nodes, workflow }: Graph, states: DrawingProps['states']): string {
  const steps = nodes.filter(({ step }) => step !== null);
  if (states === null) return `Workflow ${workflow}: ${steps.length} steps`;
  const named = (state: NodeState) => steps.filter(({ id }) => states[id] === state).map(({ label }) => label);
  const parts = (['failed', 'current', 'paused', 'done'] as const).map((state) => ({ state, names: named(state) })).filter(({ names }) => names.length > 0);
  return `Workflow ${workflow}: ${parts.map(({ state, names }) => `${NODE[state].word}: ${names.slice(0, 8).join(', ')}`).join('; ') || 'not begun'}`;
}

function Edge({ edge, isTaken }: { readonly edge: PlacedEdge; readonly isTaken: boolean }) {
  return (
    <g class={isTaken ? 'edge' : 'edge untaken'}>
      <path d={pathThrough(edge.points)} marker-end="url(#arrow)" />
      {edge.labelAt && (
        <text x={edge.labelAt.x} y={edge.labelAt.y + 4} text-anchor="middle">
          {edge.label}
        </text>
      )}
    </g>
  );
}

interface BoxProps {
  readonly box: PlacedNode;
  readonly node: GraphNode;
  readonly look: NodeLook;
}

/** The name of a container, and what holds for all its branches. It stands above the lines. */
function BoxTitle({ box: { x, y, width, height }, node: { label, detail }, look }: BoxProps) {
  const title = [label, detail].filter(Boolean).join(' · ');
  return (
    <g class={`box-title ${look}`} transform={`translate(${x - width / 2} ${y - height / 2})`}>
      <title>{isState(look) ? `${title} · ${NODE[look].word}` : title}</title>
      {isState(look) && <ShapeMark shape={NODE[look].shape} x={8} y={5} />}
      <text class="detail" x={isState(look) ? 28 : 10} y="17">
        {shortened(title, lettersIn(width - (isState(look) ? 34 : 16)))}
      </text>
    </g>
  );
}

interface NodeProps extends BoxProps {
  readonly isSelected: boolean;
  readonly onSelect: (step: string) => void;
}

function Node({ box, node, look, isSelected, onSelect }: NodeProps) {
  const { kind, step, label, detail } = node;
  const line = look === 'failed' ? NODE.failed.word : detail;
  const isEnd = kind === 'start' || kind === 'end';
  const isMarked = isState(look) && kind !== 'join';
  return (
    <g
      class={`node ${kind} ${look}${isSelected ? ' selected' : ''}${step === null ? '' : ' choosable'}`}
      transform={`translate(${box.x - box.width / 2} ${box.y - box.height / 2})`}
      onClick={step === null ? undefined : () => onSelect(step)}
    >
      <title>{[label, detail, isState(look) ? NODE[look].word : null].filter(Boolean).join(' · ')}</title>
      {isEnd ? <circle cx="9" cy="9" r={kind === 'start' ? 6 : 8} class="body" /> : <Frame box={box} kind={kind} look={look} />}
      {!isEnd && isMarked && <ShapeMark shape={NODE[look].shape} x={8} y={box.height / 2 - 8} />}
      {!isEnd && (
        <text
          x={isMarked ? 30 : box.width / 2}
          y={line === null ? box.height / 2 + 4.5 : box.height / 2 - 3}
          text-anchor={isMarked ? 'start' : 'middle'}
          class="label"
        >
          {shortened(label)}
        </text>
      )}
      {!isEnd && line !== null && (
        <text x={isMarked ? 30 : box.width / 2} y={box.height / 2 + 12} text-anchor={isMarked ? 'start' : 'middle'} class="detail">
          {shortened(line)}
        </text>
      )}
      {kind === 'end' && <circle cx="9" cy="9" r="4" class="dot" />}
    </g>
  );
}

/** What stands here now has a second line around it: a sign that needs no colour. What has failed is an octagon. */
function Frame({ box: { width, height }, kind, look }: Pick<NodeProps, 'box' | 'look'> & { readonly kind: GraphNode['kind'] }) {
  const cut = look === 'failed' ? 9 : kind === 'choice' ? 12 : 0;
  if (look === 'failed') return <path class="body" d={octagon(width, height, cut)} />;
  if (kind === 'choice') return <path class="body" d={`M${cut} 0H${width - cut}L${width} ${height / 2}L${width - cut} ${height}H${cut}L0 ${height / 2}z`} />;
  const radius = kind === 'join' ? height / 2 : 7;
  return (
    <>
      {(look === 'current' || look === 'paused') && <rect class="around" x="-4" y="-4" width={width + 8} height={height + 8} rx={radius + 4} />}
      <rect class="body" width={width} height={height} rx={radius} />
    </>
  );
}

function octagon(width: number, height: number, cut: number): string {
  return `M${cut} 0H${width - cut}L${width} ${cut}V${height - cut}L${width - cut} ${height}H${cut}L0 ${height - cut}V${cut}z`;
}
