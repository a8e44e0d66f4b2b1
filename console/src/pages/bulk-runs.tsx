import type { BulkRun } from '../api/more-types.js';
import { usePages } from '../api/use-pages.js';
import { BULK_VERBS } from '../bulk/plan.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Link, Moment, More, ProblemNote, State, TableBox } from '../parts/basics.js';
import { Page } from '../parts/page.js';
import { BULK } from '../words/status.js';

/** All bulk runs, the newest first. They are started from a list. */
export function BulkRuns() {
  const list = usePages<BulkRun>('bulk');
  useLive(null, () => list.count <= 1 && list.again(), 3000);
  return (
    <Page title="Bulk runs">
      <ProblemNote problem={list.problem} />
      {list.isLoading && list.items === null && <p class="loading">Loading…</p>}
      {list.items?.length === 0 && (
        <Empty>
          There was no bulk run yet. Start one from <Link to={['processes']}>a list of processes</Link>.
        </Empty>
      )}
      {list.items && list.items.length > 0 && (
        <TableBox label="Bulk runs">
          <Heads names={['State', 'Action', 'Done', 'Failed', 'Passed over', 'By', 'Reason', 'Started']} numbers={['Done', 'Failed', 'Passed over']} />
          <tbody>
            {list.items.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </tbody>
        </TableBox>
      )}
      <More list={list} what="runs" />
    </Page>
  );
}

function Row({ run }: { readonly run: BulkRun }) {
  return (
    <tr>
      <td>
        <State look={BULK[run.state]} />
      </td>
      <th scope="row">
        <Link to={['bulk', run.id]} isRow>
          {runWords(run)}
        </Link>
      </th>
      <td class="number">{run.done.toLocaleString('en')}</td>
      <td class="number">{run.failed.toLocaleString('en')}</td>
      <td class="number">{run.skipped.toLocaleString('en')}</td>
      <td>{run.actor ?? ''}</td>
      <td>{run.reason ?? ''}</td>
      <td>
        <Moment at={run.startedAt} isShort />
      </td>
    </tr>
  );
}

export function runWords({ action, filter }: BulkRun): string {
  const workflow = typeof filter.workflow === 'string' ? ` ${filter.workflow}` : '';
  return `${BULK_VERBS[action]}${workflow}`;
}
