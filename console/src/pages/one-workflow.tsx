import { useState } from 'preact/hooks';
import { at, get } from '../api/client.js';
import type { StatusCount, WorkflowDetail } from '../api/more-types.js';
import type { Graph } from '../api/types.js';
import { useRead } from '../api/use-read.js';
import { GraphView } from '../graph/graph-view.js';
import { useLive } from '../live/use-live.js';
import { Heads, Link, ProblemNote, TableBox } from '../parts/basics.js';
import { SelectField } from '../parts/fields.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { Page } from '../parts/page.js';
import { changeQuery, place } from '../state/location.js';
import { missingRight, session } from '../state/session.js';
import { PauseDialog } from './pause-dialog.js';
import { Standing } from './standing.js';
import { StartDialog } from './start-dialog.js';

interface Answers {
  readonly detail: WorkflowDetail;
  readonly graph: Graph;
  readonly counts: readonly StatusCount[];
}

/** One workflow: its drawing, its steps, and how many processes there are. */
export function OneWorkflow({ name }: { readonly name: string }) {
  const version = place.value.query.get('version');
  const { answer, problem, isLoading, again } = useRead(`${name} ${version}`, async (signal): Promise<Answers> => {
    const [detail, graph, counts] = await Promise.all([
      get<WorkflowDetail>(`workflows/${at(name)}`, { version }, signal),
      get<Graph>(`workflows/${at(name)}/graph`, { version }, signal),
      get<{ items: StatusCount[] }>('counts', {}, signal),
    ]);
    return { detail, graph, counts: counts.items.filter(({ workflow }) => workflow === name) };
  });
  useLive(null, again, 5000);
  const [asks, setAsks] = useState<'start' | 'pause' | 'resume' | null>(null);
  return (
    <Page title={name} aside={answer && <Actions onAsk={setAsks} />}>
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {answer && <Shown {...answer} />}
      {answer && asks === 'start' && <StartDialog detail={answer.detail} onClose={() => setAsks(null)} />}
      {(asks === 'pause' || asks === 'resume') && (
        <PauseDialog of={{ workflow: name }} isResume={asks === 'resume'} onClose={() => setAsks(null)} onDone={() => {}} />
      )}
    </Page>
  );
}

function Actions({ onAsk }: { readonly onAsk: (what: 'start' | 'pause' | 'resume') => void }) {
  return (
    <div class="actions">
      <GuardedButton class="primary" why={missingRight('input')} onClick={() => onAsk('start')}>
        Start a process
      </GuardedButton>
      {session.value?.pauses && (
        <>
          <GuardedButton why={missingRight('administer')} onClick={() => onAsk('pause')}>
            Pause
          </GuardedButton>
          <GuardedButton why={missingRight('administer')} onClick={() => onAsk('resume')}>
            Resume
          </GuardedButton>
        </>
      )}
    </div>
  );
}

function Shown({ detail, graph, counts }: Answers) {
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
      <section>
        <h2>Steps</h2>
        <TableBox label="Steps">
          <Heads names={['Step', 'Waits for', 'Queue', 'Goes on with', 'Processes']} />
          <tbody>
            {detail.steps.map((step) => (
              <tr key={step.name} class={step.name === selected ? 'selected' : undefined}>
                <th scope="row">{step.name}</th>
                <td>{step.waitsFor === 'nothing' ? '' : step.waitsFor}</td>
                <td>{step.queue ?? ''}</td>
                <td>{step.next.join(', ')}</td>
                <td>
                  <Link to={['processes']} query={{ workflow: detail.workflow, step: step.name }} label={`show processes in ${step.name}`} isRow>
                    show
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      </section>
      <Standing counts={counts} />
      <details class="after">
        <summary>Flowchart in Mermaid</summary>
        <pre tabIndex={0}>{detail.drawing}</pre>
      </details>
    </>
  );
}
