import { useState } from 'preact/hooks';
import { at, get, post } from '../api/client.js';
import type { BulkItem, BulkRun } from '../api/more-types.js';
import { usePages } from '../api/use-pages.js';
import { useRead } from '../api/use-read.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Link, Moment, More, ProblemNote, State, TableBox } from '../parts/basics.js';
import { Dialog } from '../parts/dialog.js';
import { Facts } from '../parts/fields.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { Page } from '../parts/page.js';
import { ValueBox } from '../parts/value-box.js';
import { missingRight } from '../state/session.js';
import { BULK, ITEM } from '../words/status.js';
import { runWords } from './bulk-runs.js';

/** One bulk run: how far it is, and what became of each. */
export function OneBulkRun({ id }: { readonly id: string }) {
  const { answer: run, problem, isLoading, again } = useRead(id, (signal) => get<BulkRun>(`bulk/${at(id)}`, {}, signal));
  const items = usePages<BulkItem>(`bulk/${at(id)}/items`, {}, 100);
  const [isStopping, setStopping] = useState(false);
  useLive(null, () => {
    if (run?.state !== 'running') return;
    again();
    if (items.count <= 1) items.again();
  });
  const stop = async () => {
    await post(`bulk/${at(id)}/stop`, {});
    again();
  };
  return (
    <Page title={run ? runWords(run) : 'Bulk run'} aside={run?.state === 'running' && <StopButton onClick={() => setStopping(true)} />}>
      <ProblemNote problem={problem} />
      {isLoading && <p class="loading">Loading…</p>}
      {run && <Shown run={run} />}
      <Items list={items} isMessage={run?.action === 'replay' || run?.action === 'discard'} />
      {isStopping && (
        <Dialog
          title="Stop this run"
          says="No further item is begun. What is done stays done."
          verb="Stop this run"
          safe="Let it go on"
          isDangerous
          onClose={() => setStopping(false)}
          onDo={stop}
        />
      )}
    </Page>
  );
}

function StopButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <GuardedButton class="danger" why={missingRight('administer')} onClick={onClick}>
      Stop
    </GuardedButton>
  );
}

function Shown({ run }: { readonly run: BulkRun }) {
  const { done, failed, skipped, limit } = run;
  const handled = done + failed + skipped;
  return (
    <>
      <p role="status">
        <State look={BULK[run.state]} /> {handled.toLocaleString('en')} handled{limit === null ? '' : ` of at most ${limit.toLocaleString('en')}`}.
      </p>
      {limit !== null && <progress max={limit} value={handled} aria-label="Progress" />}
      <Facts
        facts={[
          ['Done', done.toLocaleString('en')],
          ['Failed', failed.toLocaleString('en')],
          ['Passed over', skipped.toLocaleString('en')],
          ['By', run.actor ?? 'no name'],
          ['Reason', run.reason ?? 'none'],
          ['In a minute at most', run.perMinute ?? 'no limit'],
          ['Started', <Moment at={run.startedAt} />],
          ['Ended', <Moment at={run.finishedAt} />],
          ['Filter', <ValueBox label="Filter" value={run.filter} />],
          ...(Object.keys(run.options ?? {}).length === 0 ? [] : [['Options', <ValueBox label="Options" value={run.options} />] as const]),
        ]}
      />
    </>
  );
}

function Items({ list, isMessage }: { readonly list: ReturnType<typeof usePages<BulkItem>>; readonly isMessage: boolean }) {
  return (
    <section>
      <h2>Items</h2>
      <ProblemNote problem={list.problem} />
      {list.items?.length === 0 && <Empty>No item has been handled yet.</Empty>}
      {list.items && list.items.length > 0 && (
        <TableBox label="Items">
          <Heads names={['Outcome', isMessage ? 'Message' : 'Process', 'Error', 'When']} />
          <tbody>
            {list.items.map(({ id, outcome, error, at: moment }) => (
              <tr key={id}>
                <td>
                  <State look={ITEM[outcome]} />
                </td>
                <th scope="row" class="code">
                  {isMessage ? (
                    id
                  ) : (
                    <Link to={['processes', id]} isRow>
                      {id}
                    </Link>
                  )}
                </th>
                <td class="error-text">{error ?? ''}</td>
                <td>
                  <Moment at={moment} isShort />
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
      <More list={list} what="items" />
    </section>
  );
}
