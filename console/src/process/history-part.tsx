import { useState } from 'preact/hooks';
import { at } from '../api/client.js';
import type { HistoryRecord } from '../api/types.js';
import { usePages } from '../api/use-pages.js';
import { Heads, Moment, More, ProblemNote, Sentence, TableBox } from '../parts/basics.js';
import { CopyButton } from '../parts/copy-button.js';
import { ValueBox } from '../parts/value-box.js';
import { asText, recordWords } from '../words/history.js';
import type { PartProps } from './process-parts.js';

/** Every record of the process, page by page. */
export function HistoryPart({ situation: { process } }: PartProps) {
  const list = usePages<HistoryRecord>(`processes/${at(process.id)}/history`, {}, 100);
  const [isPeople, setPeople] = useState(false);
  const shown = (list.items ?? []).filter(({ actor }) => !isPeople || actor !== null);
  return (
    <>
      <div class="actions">
        <label class="check">
          <input type="checkbox" checked={isPeople} onChange={(event) => setPeople(event.currentTarget.checked)} /> Only what people did
        </label>
        <CopyButton text={asText(shown)} what="as text" />
        <button type="button" class="quiet" onClick={list.again}>
          Read again
        </button>
      </div>
      <ProblemNote problem={list.problem} />
      {list.items && (
        <p role="status">
          {shown.length.toLocaleString('en')} records shown{list.hasMore ? ', there are more' : ''}.
        </p>
      )}
      <TableBox label="History">
        <Heads names={['No.', 'What', 'Step', 'When', 'By', 'More']} numbers={['No.']} />
        <tbody>
          {shown.map((record) => (
            <RecordRow key={record.sequence} record={record} />
          ))}
        </tbody>
      </TableBox>
      <More list={list} what="records" />
    </>
  );
}

function RecordRow({ record }: { readonly record: HistoryRecord }) {
  const { sequence, step, attempt, createdAt, actor } = record;
  return (
    <tr class={record.error === null ? undefined : 'failed'}>
      <td class="number">{sequence}</td>
      <th scope="row" class="when">
        {recordWords(record)}
      </th>
      <td>
        {step ?? ''} {attempt !== null && attempt > 1 && <span class="muted">attempt {attempt}</span>}
      </td>
      <td>
        <Moment at={createdAt} precise />
      </td>
      <td>{actor ?? ''}</td>
      <td>
        <Details record={record} />
      </td>
    </tr>
  );
}

function Details({ record: { error, reason, detail, returned, message } }: { readonly record: HistoryRecord }) {
  return (
    <>
      {error !== null && <p class="error-text">{error}</p>}
      {reason !== null && <p>Reason: {reason}</p>}
      {detail !== null && (
        <p class="muted">
          <Sentence text={detail} />
        </p>
      )}
      {!isEmpty(returned) && <ValueBox label="Returned" value={returned} />}
      {message !== undefined && <ValueBox label="Message" value={message} />}
    </>
  );
}

/** A step that returned nothing is a line less to read. */
function isEmpty(returned: unknown): boolean {
  return returned === undefined || JSON.stringify(returned) === '{}';
}
