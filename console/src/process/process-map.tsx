import type { Graph, PossibleAction, Situation } from '../api/types.js';
import { GraphView } from '../graph/graph-view.js';
import { stepNodes } from '../graph/sizes.js';
import { State } from '../parts/basics.js';
import { changeQuery, place } from '../state/location.js';
import { NODE } from '../words/status.js';
import { SelectedStep } from './selected-step.js';

interface ProcessMapProps {
  readonly situation: Situation;
  /** Null: it is not there yet, or the workflow is not known here. */
  readonly graph: Graph | null;
  readonly onAsk: (action: PossibleAction) => void;
}

/** Where the process stands: as a drawing, as a list of steps, and the chosen step beside them. */
export function ProcessMap({ situation, graph, onAsk }: ProcessMapProps) {
  const selected = place.value.query.get('step') ?? firstOf(situation);
  const select = (step: string) => changeQuery({ step });
  return (
    <div class="map">
      {graph && <GraphView graph={graph} states={situation.nodes} selected={selected} onSelect={select} />}
      <div class="map-steps">
        {graph && <StepList situation={situation} graph={graph} selected={selected} onSelect={select} />}
        {selected !== null && <SelectedStep step={selected} situation={situation} onAsk={onAsk} />}
      </div>
    </div>
  );
}

/** What has failed last is shown first, then what it waits for, then what it did last. */
function firstOf({ steps, process }: Situation): string | null {
  const newest = steps.toSorted((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? '') || b.attempt - a.attempt);
  const failed = process.status === 'failed' ? newest.find(({ state }) => state === 'failed') : undefined;
  return (failed ?? process.waits[0] ?? newest[0])?.step ?? null;
}

interface StepListProps {
  readonly situation: Situation;
  readonly graph: Graph;
  readonly selected: string | null;
  readonly onSelect: (step: string) => void;
}

function StepList({ situation, graph, selected, onSelect }: StepListProps) {
  return (
    <section class="step-list">
      <h2>Steps</h2>
      <ol>
        {stepNodes(graph.nodes).map(({ id, step, label }) => {
          const state = situation.nodes[id];
          return (
            <li key={id}>
              <button type="button" data-row-link aria-pressed={step === selected} onClick={() => onSelect(step)}>
                <span>{label}</span>
                {state ? <State look={NODE[state]} /> : <span class="muted">not reached</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
