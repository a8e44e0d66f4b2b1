import { useState } from 'preact/hooks';
import { at } from '../api/client.js';
import type { InboxMessage, OutboxMessage } from '../api/more-types.js';
import type { HistoryRecord } from '../api/types.js';
import { usePages } from '../api/use-pages.js';
import { Empty, Heads, Link, Moment, More, ProblemNote, TableBox } from '../parts/basics.js';
import { ValueBox } from '../parts/value-box.js';
import { OutboxDialog, OutboxTable } from '../pages/outbox.js';
import { isOfMessage, recordWords } from '../words/history.js';
import type { PartProps } from './process-parts.js';

/** Messages that came to the process, and those it has sent that are on their way. */
export function MessagesPart({ situation: { process } }: PartProps) {
  return (
    <>
      <h2>Came in</h2>
      <CameIn id={process.id} />
      <h2>On their way out</h2>
      <GoOut id={process.id} />
    </>
  );
}

function CameIn({ id }: { readonly id: string }) {
  const history = usePages<HistoryRecord>(`processes/${at(id)}/history`, {}, 200);
  const refused = usePages<InboxMessage>('inbox', { process: id });
  const records = (history.items ?? []).filter(isOfMessage);
  return (
    <>
      <ProblemNote problem={history.problem ?? refused.problem} />
      {refused.items && refused.items.length > 0 && (
        <p class="notice">
          {refused.items.length} in the inbox.{' '}
          <Link to={['inbox']} query={{ process: id }}>
            Show
          </Link>
        </p>
      )}
      {history.items && records.length === 0 && <Empty>No message came in{history.hasMore ? ' so far in its history' : ''}.</Empty>}
      {records.length > 0 && (
        <TableBox label="Messages that came in">
          <Heads names={['What became of it', 'Step', 'When', 'By', 'Message']} />
          <tbody>
            {records.map((record) => (
              <tr key={record.sequence}>
                <th scope="row">{recordWords(record)}</th>
                <td>{record.step ?? ''}</td>
                <td>
                  <Moment at={record.createdAt} precise />
                </td>
                <td>{record.actor ?? ''}</td>
                <td>
                  <ValueBox label="Message" value={record.message} />
                </td>
              </tr>
            ))}
          </tbody>
        </TableBox>
      )}
      <More list={history} what="of the history" />
    </>
  );
}

function GoOut({ id }: { readonly id: string }) {
  const list = usePages<OutboxMessage>('outbox', { process: id });
  const [asked, setAsked] = useState<Parameters<typeof OutboxDialog>[0] | null>(null);
  return (
    <>
      <ProblemNote problem={list.problem} />
      {list.items?.length === 0 && <Empty>Every message that it has sent is transmitted.</Empty>}
      {list.items && list.items.length > 0 && (
        <OutboxTable items={list.items} onAsk={(each) => setAsked({ ...each, onClose: () => setAsked(null), onDone: list.again })} />
      )}
      <More list={list} what="messages" />
      {asked && <OutboxDialog {...asked} />}
    </>
  );
}
