import type { Query } from '../api/client.js';
import type { Process } from '../api/types.js';
import { type Pages, usePages } from '../api/use-pages.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Link, Moment, More, ProblemNote, State, TableBox } from '../parts/basics.js';
import { Page } from '../parts/page.js';
import { place } from '../state/location.js';
import { causeWords } from '../words/errors.js';
import { filtersIn } from '../words/filters.js';
import { PROGRESS, STATUS } from '../words/status.js';
import { BulkButton } from '../bulk/bulk-button.js';
import { ProcessFilters } from './process-filters.js';

/** The list of processes: what it shows is in the address. */
export function Processes() {
  const query = filtersIn(place.value.query);
  const list = usePages<Process>('processes', query, 100);
  // a list of several pages is not moved under the person who reads it
  useLive(null, () => list.count <= 1 && list.again(), 2000);
  return (
    <Page title="Processes" aside={<BulkButton scope="processes" query={query} />}>
      <ProcessFilters key={place.value.query.toString()} />
      <ProblemNote problem={list.problem} />
      <Shown list={list} query={query} />
    </Page>
  );
}

function Shown({ list, query }: { readonly list: Pages<Process>; readonly query: Query }) {
  if (list.items === null) return list.problem ? null : <p class="loading">Loading…</p>;
  if (list.items.length === 0)
    return (
      <Empty>
        No process is found. {Object.keys(query).length > 0 ? <Link to={['processes']}>Clear the filters</Link> : 'Start one from the page of its workflow.'}
      </Empty>
    );
  return (
    <>
      <p role="status">
        {list.items.length.toLocaleString('en')} shown{list.hasMore ? ', there are more' : ''}.{' '}
        {list.count > 1 && (
          <button type="button" class="quiet" onClick={list.again}>
            Begin again with the newest
          </button>
        )}
      </p>
      <ProcessTable items={list.items} />
      <More list={list} what="processes" />
    </>
  );
}

/** Rows of processes, here and where children are listed. */
export function ProcessTable({ items }: { readonly items: readonly Process[] }) {
  return (
    <TableBox label="Processes">
      <Heads names={['Status', 'Group id', 'Workflow', 'Where it is', 'Started', 'Changed']} />
      <tbody>
        {items.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </tbody>
    </TableBox>
  );
}

function Row({ item }: { readonly item: Process }) {
  const look = item.progress ? PROGRESS[item.progress] : STATUS[item.status];
  const where = item.steps?.join(', ') ?? '';
  const name = item.groupId || item.id;
  return (
    <tr>
      <td>
        <State look={look} />
      </td>
      <th scope="row">
        <Link to={['processes', item.id]} isRow class={name === item.id ? 'id' : undefined} label={`${name}: ${look.word}${where ? ` at ${where}` : ''}`}>
          {name}
        </Link>
      </th>
      <td class="when">
        {item.workflow} <span class="muted">v{item.workflowVersion}</span>
      </td>
      <td>
        {where}
        {item.cause !== null && <span class={item.status === 'failed' ? 'error-text' : 'muted'}> {causeWords(item.cause, where)}</span>}
      </td>
      <td>
        <Moment at={item.startedAt} isShort />
      </td>
      <td>
        <Moment at={item.updatedAt} isShort />
      </td>
    </tr>
  );
}
