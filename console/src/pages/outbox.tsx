import { useState } from 'preact/hooks';
import { at, post, type Query } from '../api/client.js';
import type { OutboxMessage } from '../api/more-types.js';
import { usePages } from '../api/use-pages.js';
import { BulkButton } from '../bulk/bulk-button.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Link, Moment, More, ProblemNote, State, TableBox } from '../parts/basics.js';
import { SelectField, TextField } from '../parts/fields.js';
import { FilterForm } from '../parts/filter-form.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { Page } from '../parts/page.js';
import { ValueBox } from '../parts/value-box.js';
import { place } from '../state/location.js';
import { missingRight } from '../state/session.js';
import { KIND, STATUS } from '../words/status.js';
import { MessageDialog } from './message-dialog.js';

const OUTBOX_FILTERS = ['parked', 'workflow', 'sender', 'process'] as const;

interface Asked {
  readonly what: 'replay' | 'discard';
  readonly message: OutboxMessage;
}

/** Messages that steps have sent and that were not transmitted yet. */
export function Outbox() {
  const { query } = place.value;
  const filters: Query = Object.fromEntries(OUTBOX_FILTERS.map((name) => [name, query.get(name)]));
  const list = usePages<OutboxMessage>('outbox', filters);
  const [asked, setAsked] = useState<Asked | null>(null);
  useLive(null, () => list.count <= 1 && list.again(), 3000);
  return (
    <Page title="Outbox" aside={<BulkButton scope="outbox" query={filters} />}>
      <Filters key={query.toString()} />
      <ProblemNote problem={list.problem} />
      {list.isLoading && list.items === null && <p class="loading">Loading…</p>}
      {list.items?.length === 0 && <Empty>Every message that steps have sent is transmitted.</Empty>}
      {list.items && list.items.length > 0 && <OutboxTable items={list.items} onAsk={setAsked} />}
      <More list={list} what="messages" />
      {asked && <OutboxDialog {...asked} onClose={() => setAsked(null)} onDone={list.again} />}
    </Page>
  );
}

function Filters() {
  const { query } = place.value;
  return (
    <FilterForm page="outbox">
      <div class="filter-row">
        <SelectField
          name="parked"
          label="State"
          value={query.get('parked') ?? ''}
          words={[
            ['true', 'parked'],
            ['false', 'is tried again'],
          ]}
          all="any"
        />
        <TextField name="workflow" label="Workflow" value={query.get('workflow') ?? ''} />
        <TextField name="sender" label="Sender" value={query.get('sender') ?? ''} />
        <TextField name="process" label="Id of the process" value={query.get('process') ?? ''} />
      </div>
    </FilterForm>
  );
}

/** Also on the page of a process. */
export function OutboxTable({ items, onAsk }: { readonly items: readonly OutboxMessage[]; readonly onAsk: (asked: Asked) => void }) {
  return (
    <TableBox label="Messages of the outbox">
      <Heads names={['State', 'From', 'Sender', 'Pattern', 'Attempts', 'Last error', 'Created', 'Actions']} numbers={['Attempts']} />
      <tbody>
        {items.map((message) => (
          <Row key={message.id} message={message} onAsk={(what) => onAsk({ what, message })} />
        ))}
      </tbody>
    </TableBox>
  );
}

function Row({ message, onAsk }: { readonly message: OutboxMessage; readonly onAsk: (what: Asked['what']) => void }) {
  const why = missingRight('mend');
  return (
    <tr class={place.value.query.get('message') === message.id ? 'selected' : undefined}>
      <td>
        <State look={message.parked ? KIND.parked : STATUS.waiting} />
      </td>
      <th scope="row">
        <Link to={['processes', message.processId]} isRow>
          {message.workflow} · {message.step ?? 'update'}
        </Link>
      </th>
      <td>{message.sender}</td>
      <td>
        <ValueBox label="Pattern" value={message.pattern} />
      </td>
      <td class="number">{message.attempts}</td>
      <td class="error-text">{message.error ?? ''}</td>
      <td>
        <Moment at={message.createdAt} isShort />
      </td>
      <td class="row-actions">
        <GuardedButton why={why} onClick={() => onAsk('replay')}>
          Replay
        </GuardedButton>
        <GuardedButton why={why} onClick={() => onAsk('discard')}>
          Discard
        </GuardedButton>
      </td>
    </tr>
  );
}

export function OutboxDialog({ what, message, ...rest }: Asked & { readonly onClose: () => void; readonly onDone: () => void }) {
  const says = { replay: 'The message is transmitted now.', discard: 'The message is deleted. It is never transmitted.' };
  const send = (reason: object) => post(`outbox/${at(message.id)}/${what}`, reason);
  const name = `${message.workflow} · ${message.step ?? 'update'}, to ${message.sender}`;
  return <MessageDialog {...rest} verb={what === 'replay' ? 'Replay' : 'Discard'} name={name} says={says[what]} isDangerous={what === 'discard'} send={send} />;
}
