import { useEffect, useRef, useState } from 'preact/hooks';
import type { Graph, NodeState } from '../api/types.js';
import { Drawing } from './drawing.js';
import type { Layout } from './layout.js';
import { DRAWN_AT_ONCE } from './sizes.js';

interface GraphViewProps {
  readonly graph: Graph;
  readonly states: Readonly<Record<string, NodeState>> | null;
  readonly selected: string | null;
  readonly onSelect: (step: string) => void;
}

/** The drawing of a graph, in a box of its own that scrolls. Large graphs are drawn on demand. */
export function GraphView(props: GraphViewProps) {
  const { nodes } = props.graph;
  const [isWanted, setWanted] = useState(false);
  const isSmall = nodes.length <= DRAWN_AT_ONCE;
  const layout = useLayout(props.graph, isSmall || isWanted);
  const box = useRef<HTMLDivElement>(null);
  const node = props.graph.nodes.find(({ step }) => step !== null && step === props.selected);
  useEffect(() => {
    if (layout && node && box.current) showIn(box.current, layout, node.id);
  }, [layout, node?.id]);
  if (!isSmall && !isWanted)
    return (
      <p class="notice">
        This graph has {nodes.length} nodes. Its steps are in the list below.{' '}
        <button type="button" onClick={() => setWanted(true)}>
          Draw anyway
        </button>
      </p>
    );
  return (
    <div ref={box} class="graph-box" tabIndex={0} role="region" aria-label="Graph">
      {layout ? <Drawing {...props} layout={layout} fits={fits(layout, box.current)} /> : <p class="loading">Drawing the graph…</p>}
    </div>
  );
}

/** A drawing that is a little too wide is made smaller: its letters stay readable. */
const LEAST_SCALE = 0.72;
function fits({ width }: Layout, box: HTMLElement | null): boolean {
  return box !== null && box.clientWidth / width >= LEAST_SCALE;
}

/** Scrolls within the box, and never the page. */
function showIn(box: HTMLElement, layout: Layout, id: string): void {
  const placed = layout.nodes.find((each) => each.id === id);
  if (!placed) return;
  box.scrollLeft = placed.x - box.clientWidth / 2;
  box.scrollTop = placed.y - box.clientHeight / 2;
}

const WIDE = window.matchMedia('(min-width: 900px)');

/** The layout comes from a script of its own, which is loaded when the first graph is shown. */
function useLayout(graph: Graph, isWanted: boolean): Layout | null {
  const [layout, setLayout] = useState<Layout | null>(null);
  const key = `${graph.workflow} ${graph.version} ${isWanted}`;
  useEffect(() => {
    let isCurrent = isWanted;
    if (isWanted) void import('./layout.js').then(({ layoutOf }) => isCurrent && setLayout(layoutOf(graph, WIDE.matches ? 'LR' : 'TB')));
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return layout;
}
