import { useState } from 'preact/hooks';
import { groupedBy } from '../words/grouped.js';
import { get } from '../api/client.js';
import type { Size, StatusCount, WorkflowSummary } from '../api/more-types.js';
import { useRead } from '../api/use-read.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Link, ProblemNote, TableBox } from '../parts/basics.js';
import { Page } from '../parts/page.js';
import { FINISHED, LIVE } from '../words/status.js';
import { Count } from './standing.js';

interface Answers {
  readonly workflows: readonly WorkflowSummary[];
  readonly counts: readonly StatusCount[];
}

async function read(signal: AbortSignal): Promise<Answers> {
  const [workflows, counts] = await Promise.all([
    get<{ items: WorkflowSummary[] }>('workflows', {}, signal),
    get<{ items: StatusCount[] }>('counts', {}, signal),
  ]);
  return { workflows: workflows.items, counts: counts.items };
}

const SIZES = ['Processes kept', 'Context versions', 'History records'] as const;

/** Every workflow that this application knows. What is stored of them is counted on demand: it takes seconds where there are millions. */
export function Workflows() {
  const { answer, problem, isLoading, again } = useRead('workflows', read);
  const [isCounting, setCounting] = useState(false);
  useLive(null, again, 5000);
  const byName = [...groupedBy(answer?.workflows ?? [], ({ workflow }) => workflow)].sort(([a], [b]) => a.localeCompare(b));
  return (
    <Page title="Workflows" aside={!isCounting && <CountButton onClick={() => setCounting(true)} />}>
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {answer && byName.length === 0 && <Empty>This application has no workflow. A provider with @Workflow is one.</Empty>}
      {answer && byName.length > 0 && (
        <TableBox label="Workflows">
          <Heads names={['Workflow', 'Versions', 'Live', 'Failed', 'Finished']} numbers={['Live', 'Failed', 'Finished']} />
          <tbody>
            {byName.map(([name, versions]) => (
              <Row key={name} name={name} versions={versions} counts={answer.counts} />
            ))}
          </tbody>
        </TableBox>
      )}
      {isCounting && <Stored />}
    </Page>
  );
}

function CountButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" onClick={onClick}>
      Count what is stored
    </button>
  );
}

/** How much there is of each workflow, those that are not known here too. */
function Stored() {
  const { answer, problem, isLoading } = useRead('sizes', (signal) => get<{ items: Size[] }>('sizes', {}, signal));
  return (
    <section>
      <h2>Stored</h2>
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Counting…</p>}
      {answer && (
        <TableBox label="What is stored">
          <Heads names={['Workflow', ...SIZES]} numbers={SIZES} />
          <tbody>
            {answer.items.map(({ workflow, live, finished, versions, records }) => (
              <tr key={workflow}>
                <th scope="row">{workflow}</th>
                {[live + finished, versions, records].map((count, index) => (
                  <td key={SIZES[index]} class="number">
                    {count.toLocaleString('en')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
    </section>
  );
}

interface RowProps {
  readonly name: string;
  readonly versions: readonly WorkflowSummary[];
  readonly counts: readonly StatusCount[];
}

function Row({ name, versions, counts }: RowProps) {
  const of = counts.filter(({ workflow }) => workflow === name);
  const numbers = versions.map(({ version }) => version).sort((a, b) => b - a);
  return (
    <tr>
      <th scope="row">
        <Link to={['workflows', name]} isRow>
          {name}
        </Link>
      </th>
      <td>{numbers.join(', ')}</td>
      {[LIVE, ['failed'] as const, FINISHED].map((statuses) => (
        <td key={statuses.join()} class="number">
          <Count workflow={name} statuses={statuses} of={of} />
        </td>
      ))}
    </tr>
  );
}
