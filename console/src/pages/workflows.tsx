import { groupedBy } from '../words/grouped.js';
import { get } from '../api/client.js';
import type { Size, StatusCount, WorkflowSummary } from '../api/more-types.js';
import { useRead } from '../api/use-read.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Link, ProblemNote, TableBox } from '../parts/basics.js';
import { Page } from '../parts/page.js';
import { LIVE } from '../words/status.js';
import { Count } from './standing.js';

interface Answers {
  readonly workflows: readonly WorkflowSummary[];
  readonly counts: readonly StatusCount[];
  readonly sizes: readonly Size[];
}

async function read(signal: AbortSignal): Promise<Answers> {
  const [workflows, counts, sizes] = await Promise.all([
    get<{ items: WorkflowSummary[] }>('workflows', {}, signal),
    get<{ items: StatusCount[] }>('counts', {}, signal),
    get<{ items: Size[] }>('sizes', {}, signal),
  ]);
  return { workflows: workflows.items, counts: counts.items, sizes: sizes.items };
}

/** Every workflow that this application knows. */
export function Workflows() {
  const { answer, problem, isLoading, again } = useRead('workflows', read);
  useLive(null, again, 5000);
  const byName = [...groupedBy(answer?.workflows ?? [], ({ workflow }) => workflow)].sort(([a], [b]) => a.localeCompare(b));
  return (
    <Page title="Workflows">
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {answer && byName.length === 0 && <Empty>This application has no workflow. A provider with @Workflow is one.</Empty>}
      {answer && byName.length > 0 && (
        <TableBox label="Workflows">
          <Heads
            names={['Workflow', 'Versions', 'Live', 'Failed', 'Finished', 'Context versions kept', 'History records']}
            numbers={['Live', 'Failed', 'Finished', 'Context versions kept', 'History records']}
          />
          <tbody>
            {byName.map(([name, versions]) => (
              <Row key={name} name={name} versions={versions} answers={answer} />
            ))}
          </tbody>
        </TableBox>
      )}
    </Page>
  );
}

function Row({ name, versions, answers }: { readonly name: string; readonly versions: readonly WorkflowSummary[]; readonly answers: Answers }) {
  const counts = answers.counts.filter(({ workflow }) => workflow === name);
  const size = answers.sizes.find(({ workflow }) => workflow === name);
  const numbers = versions.map(({ version }) => version).sort((a, b) => b - a); // prettier-ignore
  return (
    <tr>
      <th scope="row">
        <Link to={['workflows', name]} isRow>
          {name}
        </Link>
      </th>
      <td>{numbers.join(', ')}</td>
      <td class="number">
        <Count workflow={name} statuses={LIVE} of={counts} />
      </td>
      <td class="number">
        <Count workflow={name} statuses={['failed']} of={counts} />
      </td>
      <td class="number">{size?.finished.toLocaleString('en') ?? '0'}</td>
      <td class="number">{size?.versions.toLocaleString('en') ?? '0'}</td>
      <td class="number">{size?.records.toLocaleString('en') ?? '0'}</td>
    </tr>
  );
}
