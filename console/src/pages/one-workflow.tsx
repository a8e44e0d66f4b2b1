import { useState } from 'preact/hooks';
import { at, get } from '../api/client.js';
import type { Pause, StatusCount, WorkflowDetail } from '../api/more-types.js';
import type { Graph } from '../api/types.js';
import { useRead } from '../api/use-read.js';
import { GraphView } from '../graph/graph-view.js';
import { useLive } from '../live/use-live.js';
import { ProblemNote } from '../parts/basics.js';
import { SelectField } from '../parts/fields.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { Page } from '../parts/page.js';
import { changeQuery, place } from '../state/location.js';
import { missingRight } from '../state/session.js';
import { PauseDialog } from './pause-dialog.js';
import { Pauses } from './pauses.js';
import type { Asked } from './queues.js';
import { readPauses } from './read-pauses.js';
import { Standing } from './standing.js';
import { StartDialog } from './start-dialog.js';
import { WorkflowSteps } from './workflow-steps.js';

interface Answers {
  readonly detail: WorkflowDetail;
  readonly graph: Graph;
  readonly counts: readonly StatusCount[];
  /** Of the workflow and its steps. */
  readonly pauses: readonly Pause[];
}

/** One workflow: its drawing, its steps, and how many processes there are. */
export function OneWorkflow({ name }: { readonly name: string }) {
  const version = place.value.query.get('version');
  const { answer, problem, isLoading, again } = useRead(`${name} ${version}`, async (signal): Promise<Answers> => {
    const [detail, graph, counts, pauses] = await Promise.all([
      get<WorkflowDetail>(`workflows/${at(name)}`, { version }, signal),
      get<Graph>(`workflows/${at(name)}/graph`, { version }, signal),
      get<{ items: StatusCount[] }>('counts', {}, signal),
      readPauses(signal),
    ]);
    const isOfIt = ({ workflow }: { readonly workflow: string | null }) => workflow === name;
    return { detail, graph, counts: counts.items.filter(isOfIt), pauses: (pauses ?? []).filter(isOfIt) };
  });
  useLive(null, again, 5000);
  const [isStarting, setStarting] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <Page title={name} aside={answer && <Actions {...answer} onStart={() => setStarting(true)} onAsk={setAsked} />}>
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {answer && <Shown {...answer} onAsk={setAsked} />}
      {answer && isStarting && <StartDialog detail={answer.detail} onClose={() => setStarting(false)} />}
      {asked && <PauseDialog {...asked} onClose={() => setAsked(null)} onDone={again} />}
    </Page>
  );
}

interface Asking {
  readonly onAsk: (asked: Asked) => void;
}

function Actions({ detail, pauses, onStart, onAsk }: Answers & Asking & { readonly onStart: () => void }) {
  const isPaused = pauses.some(({ step }) => step === null);
  return (
    <div class="actions">
      <GuardedButton class="primary" why={missingRight('input')} onClick={onStart}>
        Start a process
      </GuardedButton>
      <GuardedButton why={missingRight('administer')} onClick={() => onAsk({ of: { workflow: detail.workflow }, isResume: isPaused })}>
        {isPaused ? 'Resume' : 'Pause'}
      </GuardedButton>
    </div>
  );
}

function Shown({ detail, graph, counts, pauses, onAsk }: Answers & Asking) {
  const selected = place.value.query.get('step');
  return (
    <>
      <div class="narrow-field">
        <SelectField
          label="Version"
          value={String(graph.version)}
          words={graph.versions.map((each) => [String(each), String(each)])}
          onChange={(each) => changeQuery({ version: each })}
        />
      </div>
      <GraphView graph={graph} states={null} selected={selected} onSelect={(step) => changeQuery({ step })} />
      {pauses.length > 0 && <Pauses pauses={pauses} onAsk={onAsk} />}
      <WorkflowSteps detail={detail} pauses={pauses} selected={selected} onAsk={onAsk} />
      <Standing counts={counts} />
      <details class="after">
        <summary>Flowchart in Mermaid</summary>
        <pre tabIndex={0}>{detail.drawing}</pre>
      </details>
    </>
  );
}
