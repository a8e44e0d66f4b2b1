import { groupedBy } from '../words/grouped.js';
import type { StatusCount } from '../api/more-types.js';
import type { Status } from '../api/types.js';
import { Empty, Link, State, TableBox } from '../parts/basics.js';
import { countWords } from '../words/attention.js';
import { STATUS, STATUSES } from '../words/status.js';

/** How many processes of each workflow are in each status. */
export function Standing({ counts }: { readonly counts: readonly StatusCount[] }) {
  const byWorkflow = [...groupedBy(counts, ({ workflow }) => workflow)].sort(([a], [b]) => a.localeCompare(b));
  if (byWorkflow.length === 0)
    return (
      <section>
        <Empty>There is no process yet. A process is started from the page of its workflow, or by the application.</Empty>
      </section>
    );
  return (
    <section>
      <h2>All processes</h2>
      <TableBox label="Processes by workflow and status">
        <thead>
          <tr>
            <th scope="col">Workflow</th>
            {STATUSES.map((status) => (
              <th key={status} scope="col" class="number">
                <State look={STATUS[status]} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byWorkflow.map(([workflow, of]) => (
            <tr key={workflow}>
              <th scope="row">
                <Link to={['workflows', workflow]}>{workflow}</Link>
              </th>
              {STATUSES.map((status) => (
                <td key={status} class="number">
                  <Count workflow={workflow} statuses={[status]} of={of} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </TableBox>
    </section>
  );
}

interface CountProps {
  readonly workflow: string;
  readonly statuses: readonly Status[];
  /** The counts of this workflow. */
  readonly of: readonly StatusCount[];
}

/** How many there are, as a link to their list. */
export function Count({ workflow, statuses, of }: CountProps) {
  const { count, isMore } = sumOf(of, statuses);
  if (count === 0) return <span class="muted">0</span>;
  const query = new URLSearchParams([['workflow', workflow], ...statuses.map((status) => ['status', status])]);
  return (
    <Link to={['processes']} query={query} label={`${workflow}: ${countWords(count, isMore)} ${statuses.join(', ')}`}>
      {countWords(count, isMore)}
    </Link>
  );
}

/** Failures are counted by step and error, and shown as one number. */
function sumOf(counts: readonly StatusCount[], statuses: readonly Status[]): { count: number; isMore: boolean } {
  const found = counts.filter(({ status }) => statuses.includes(status));
  return { count: found.reduce((sum, each) => sum + each.count, 0), isMore: found.some(({ isMore }) => isMore) };
}
