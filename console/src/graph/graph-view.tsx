import { useEffect, useState } from 'preact/hooks';
import type { Graph, NodeState } from '../api/types';
import { Drawing } from './drawing';
import type { Layout } from './layout';
import { DRAWN_AT_ONCE } from './sizes';

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
    <div class="graph-box" tabIndex={0} role="region" aria-label="Graph">
      {layout ? <Drawing {...props} layout={layout} /> : <p class="loading">Drawing the graph…</p>}
    </div>
  );
}

const WIDE = window.matchMedia('(min-width: 900px)');

/** The layout comes from a script of its own, which is loaded when the first graph is shown. */
function useLayout(graph: Graph, isWanted: boolean): Layout | null {
  const [layout, setLayout] = useState<Layout | null>(null);
  const key = `${graph.workflow} ${graph.version} ${isWanted}`;
  useEffect(() => {
    let isCurrent = isWanted;
    if (isWanted) void import('./layout').then(({ layoutOf }) => isCurrent && setLayout(layoutOf(graph, WIDE.matches ? 'LR' : 'TB')));
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return layout;
}
