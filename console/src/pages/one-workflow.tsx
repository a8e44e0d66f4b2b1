import { useState } from 'preact/hooks';
import { at, get } from '../api/client';
import type { StatusCount, WorkflowDetail } from '../api/more-types';
import type { Graph } from '../api/types';
import { useRead } from '../api/use-read';
import { GraphView } from '../graph/graph-view';
import { Heads, Link, ProblemNote, TableBox } from '../parts/basics';
import { SelectField } from '../parts/fields';
import { GuardedButton } from '../parts/guarded-button';
import { Page } from '../parts/page';
import { changeQuery, place } from '../state/location';
import { missingRight, session } from '../state/session';
import { PauseDialog } from './pause-dialog';
import { Standing } from './standing';
import { StartDialog } from './start-dialog';

interface Answers {
  readonly detail: WorkflowDetail;
  readonly graph: Graph;
  readonly counts: readonly StatusCount[];
}

/** One workflow: its drawing, its steps, and how many processes there are. */
export function OneWorkflow({ name }: { readonly name: string }) {
  const version = place.value.query.get('version');
  const { answer, problem, isLoading } = useRead(`${name} ${version}`, async (signal): Promise<Answers> => {
    const [detail, graph, counts] = await Promise.all([
      get<WorkflowDetail>(`workflows/${at(name)}`, { version }, signal),
      get<Graph>(`workflows/${at(name)}/graph`, { version }, signal),
      get<{ items: StatusCount[] }>('counts', {}, signal),
    ]);
    return { detail, graph, counts: counts.items.filter(({ workflow }) => workflow === name) };
  });
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
      <SelectField
        label="Version"
        value={String(graph.version)}
        words={graph.versions.map((each) => [String(each), String(each)])}
        onChange={(each) => changeQuery({ version: each })}
      />
      <GraphView graph={graph} states={null} selected={selected} onSelect={(step) => changeQuery({ step })} />
      <section aria-labelledby="steps">
        <h2 id="steps">Steps</h2>
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
                  <Link to={['processes']} query={{ workflow: detail.workflow, step: step.name }} label={`Processes in ${step.name}`} isRow>
                    show
                  </Link>
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      </section>
      <Standing counts={counts} />
      <details>
        <summary>Flowchart in Mermaid</summary>
        <pre tabIndex={0}>{detail.drawing}</pre>
      </details>
    </>
  );
}
