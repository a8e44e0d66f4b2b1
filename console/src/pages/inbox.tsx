import { at, post } from '../api/client.js';
import type { InboxMessage } from '../api/more-types.js';
import { Heads, Link, Moment, State, TableBox } from '../parts/basics.js';
import { SelectField } from '../parts/fields.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { ValueBox } from '../parts/value-box.js';
import { place } from '../state/location.js';
import { missingRight } from '../state/session.js';
import { DISPOSITION } from '../words/status.js';
import { MessageDialog } from './message-dialog.js';
import { type AskedDialogProps, MessageList, type TableProps } from './message-list.js';
import { ReaddressDialog } from './readdress-dialog.js';

type InboxAction = 'readdress' | 'replay' | 'discard';

/** Messages that no process has received, or that a step has refused. */
export function Inbox() {
  return (
    <MessageList
      title="Inbox"
      box="inbox"
      choice={['disposition', <Dispositions />]}
      texts={[
        ['workflow', 'Workflow'],
        ['step', 'Step'],
        ['process', 'Id of the process'],
      ]}
      empty="No message waits here."
      Table={InboxTable}
      AskedDialog={InboxDialog}
    />
  );
}

function Dispositions() {
  const chosen = place.value.query.get('disposition') ?? '';
  return <SelectField name="disposition" label="What became of it" value={chosen} words={Object.keys(DISPOSITION).map((each) => [each, each])} all="any" />;
}

function InboxTable({ items, onAsk }: TableProps<InboxMessage, InboxAction>) {
  return (
    <TableBox label="Messages of the inbox">
      <Heads names={['What became of it', 'For', 'Message', 'Why', 'Received', 'Actions']} />
      <tbody>
        {items.map((message) => (
          <Row key={message.id} message={message} onAsk={(what) => onAsk({ what, message })} />
        ))}
      </tbody>
    </TableBox>
  );
}

function Row({ message, onAsk }: { readonly message: InboxMessage; readonly onAsk: (what: InboxAction) => void }) {
  const why = missingRight('mend');
  const isChosen = place.value.query.get('message') === message.id;
  return (
    <tr class={isChosen ? 'selected' : undefined}>
      <td>
        <State look={DISPOSITION[message.disposition] ?? { word: message.disposition, shape: 'mail', tone: 'calm' }} />
      </td>
      <th scope="row">{addressWords(message)}</th>
      <td>
        <ValueBox label="Message" value={message.body} />
      </td>
      <td>
        {message.reason === null ? <span class="muted">{WHY[message.disposition]}</span> : <span class="error-text">{message.reason}</span>}{' '}
        {message.processId !== null && <Link to={['processes', message.processId]}>its process</Link>}
      </td>
      <td>
        <Moment at={message.receivedAt} isShort />
      </td>
      <td class="row-actions">
        <GuardedButton why={why} onClick={() => onAsk('readdress')}>
          Readdress
        </GuardedButton>
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

const WHY: Readonly<Record<string, string>> = {
  stored: 'No process waits for it yet.',
  scheduled: 'Its moment has not come yet.',
};

export function addressWords({ kind, workflow, step, event, key }: InboxMessage): string {
  return kind === 'event' ? `event ${event ?? ''}, key ${key ?? ''}` : `response for ${workflow ?? 'no workflow'} · ${step ?? ''}`;
}

const SAYS = {
  replay: 'The message is brought to where it is addressed once more.',
  discard: 'The message is taken out of the inbox. No process receives it.',
} as const;

function InboxDialog({ what, message, ...rest }: AskedDialogProps<InboxMessage, InboxAction>) {
  if (what === 'readdress') return <ReaddressDialog message={message} {...rest} />;
  const send = (reason: object) => post(`inbox/${at(message.id)}/${what}`, reason);
  return <MessageDialog {...rest} what={what} name={addressWords(message)} says={SAYS[what]} send={send} />;
}
