import { at, post } from '../api/client.js';
import type { OutboxMessage } from '../api/more-types.js';
import { Heads, Link, Moment, State, TableBox } from '../parts/basics.js';
import { SelectField } from '../parts/fields.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { ValueBox } from '../parts/value-box.js';
import { place } from '../state/location.js';
import { missingRight } from '../state/session.js';
import { KIND, STATUS } from '../words/status.js';
import { MessageDialog } from './message-dialog.js';
import { type AskedDialogProps, MessageList, type TableProps } from './message-list.js';

type OutboxAction = 'replay' | 'discard';

/** Messages that steps have sent and that were not transmitted yet. */
export function Outbox() {
  return (
    <MessageList
      title="Outbox"
      box="outbox"
      choice={['parked', <ParkedOrNot />]}
      texts={[
        ['workflow', 'Workflow'],
        ['sender', 'Sender'],
        ['process', 'Id of the process'],
      ]}
      empty="Every message that steps have sent is transmitted."
      Table={OutboxTable}
      AskedDialog={OutboxDialog}
    />
  );
}

const PARKED = [
  ['true', 'parked'],
  ['false', 'is tried again'],
] as const;

function ParkedOrNot() {
  return <SelectField name="parked" label="State" value={place.value.query.get('parked') ?? ''} words={PARKED} all="any" />;
}

/** Also on the page of a process. */
export function OutboxTable({ items, onAsk }: TableProps<OutboxMessage, OutboxAction>) {
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

function Row({ message, onAsk }: { readonly message: OutboxMessage; readonly onAsk: (what: OutboxAction) => void }) {
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

const SAYS = { replay: 'The message is transmitted now.', discard: 'The message is deleted. It is never transmitted.' } as const;

export function OutboxDialog({ what, message, ...rest }: AskedDialogProps<OutboxMessage, OutboxAction>) {
  const send = (reason: object) => post(`outbox/${at(message.id)}/${what}`, reason);
  const name = `${message.workflow} · ${message.step ?? 'update'}, to ${message.sender}`;
  return <MessageDialog {...rest} what={what} name={name} says={SAYS[what]} send={send} />;
}
