import { useState } from 'preact/hooks';
import { at, get } from '../api/client.js';
import type { Graph, PossibleAction, Situation } from '../api/types.js';
import { useRead } from '../api/use-read.js';
import { useLive } from '../live/use-live.js';
import { ProblemNote } from '../parts/basics.js';
import { Page } from '../parts/page.js';
import { go, hrefOf } from '../state/location.js';
import { ActionDialog } from '../process/action-dialog.js';
import { ProcessActions } from '../process/process-actions.js';
import { ProcessHead } from '../process/process-head.js';
import { ProcessMap } from '../process/process-map.js';
import { ProcessParts } from '../process/process-parts.js';

/** One process: why it waits, what can be done, where it stands, and all that is kept of it. */
export function OneProcess({ id }: { readonly id: string }) {
  const { answer, problem, isLoading, again } = useRead(id, (signal) => get<Situation>(`processes/${at(id)}/situation`, {}, signal));
  const [asked, setAsked] = useState<PossibleAction | null>(null);
  useLive(id, again, 700);
  const done = () => (asked?.action === 'erase' ? go(hrefOf(['processes'])) : again());
  return (
    <Page title={answer ? answer.process.groupId || id : 'Process'}>
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {answer && <Shown situation={answer} onAsk={setAsked} />}
      {answer && asked && <ActionDialog action={asked} process={answer.process} onClose={() => setAsked(null)} onDone={done} />}
    </Page>
  );
}

function Shown({ situation, onAsk }: { readonly situation: Situation; readonly onAsk: (action: PossibleAction) => void }) {
  const { workflow, workflowVersion } = situation.process;
  const graph = useRead(`${workflow} ${workflowVersion}`, (signal) => get<Graph>(`workflows/${at(workflow)}/graph`, { version: workflowVersion }, signal));
  return (
    <>
      <ProcessHead situation={situation} />
      <ProcessActions situation={situation} onAsk={onAsk} />
      {graph.problem && <p class="notice">The graph cannot be drawn: {graph.problem.message}</p>}
      <ProcessMap situation={situation} graph={graph.answer} onAsk={onAsk} />
      <ProcessParts situation={situation} />
    </>
  );
}
