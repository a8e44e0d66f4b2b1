import { useState } from 'preact/hooks';
import { at, post, type Query } from '../api/client.js';
import type { InboxMessage } from '../api/more-types.js';
import { usePages } from '../api/use-pages.js';
import { BulkButton } from '../bulk/bulk-button.js';
import { useLive } from '../live/use-live.js';
import { Empty, Heads, Link, Moment, More, ProblemNote, State, TableBox } from '../parts/basics.js';
import { SelectField, TextField } from '../parts/fields.js';
import { FilterForm } from '../parts/filter-form.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { Page } from '../parts/page.js';
import { place } from '../state/location.js';
import { missingRight } from '../state/session.js';
import { DISPOSITION } from '../words/status.js';
import { MessageDialog } from './message-dialog.js';
import { ReaddressDialog } from './readdress-dialog.js';
import { ValueBox } from '../parts/value-box.js';

export const INBOX_FILTERS = ['disposition', 'workflow', 'step', 'process'] as const;

interface Asked {
  readonly what: 'readdress' | 'replay' | 'discard';
  readonly message: InboxMessage;
}

/** Messages that no process has received, or that a step has refused. */
export function Inbox() {
  const { query } = place.value;
  const filters: Query = Object.fromEntries(INBOX_FILTERS.map((name) => [name, query.get(name)]));
  const list = usePages<InboxMessage>('inbox', filters);
  const [asked, setAsked] = useState<Asked | null>(null);
  useLive(null, () => list.count <= 1 && list.again(), 3000);
  const close = () => setAsked(null);
  return (
    <Page title="Inbox" aside={<BulkButton scope="inbox" query={filters} />}>
      <Filters key={query.toString()} />
      <ProblemNote problem={list.problem} />
      {list.isLoading && list.items === null && <p class="loading">Loading…</p>}
      {list.items?.length === 0 && <Empty>No message waits here.</Empty>}
      {list.items && list.items.length > 0 && (
        <TableBox label="Messages of the inbox">
          <Heads names={['What became of it', 'For', 'Message', 'Why', 'Received', 'Actions']} />
          <tbody>
            {list.items.map((message) => (
              <Row key={message.id} message={message} onAsk={(what) => setAsked({ what, message })} />
            ))}
          </tbody>
        </TableBox>
      )}
      <More list={list} what="messages" />
      {asked?.what === 'readdress' && <ReaddressDialog message={asked.message} onClose={close} onDone={list.again} />}
      {asked && asked.what !== 'readdress' && <Plain {...asked} what={asked.what} onClose={close} onDone={list.again} />}
    </Page>
  );
}

function Filters() {
  const { query } = place.value;
  return (
    <FilterForm page="inbox">
      <div class="filter-row">
        <SelectField
          name="disposition"
          label="What became of it"
          value={query.get('disposition') ?? ''}
          words={Object.keys(DISPOSITION).map((each) => [each, each])}
          all="any"
        />
        <TextField name="workflow" label="Workflow" value={query.get('workflow') ?? ''} />
        <TextField name="step" label="Step" value={query.get('step') ?? ''} />
        <TextField name="process" label="Id of the process" value={query.get('process') ?? ''} />
      </div>
    </FilterForm>
  );
}

function Row({ message, onAsk }: { readonly message: InboxMessage; readonly onAsk: (what: Asked['what']) => void }) {
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

function Plain({
  what,
  message,
  ...rest
}: {
  readonly what: 'replay' | 'discard';
  readonly message: InboxMessage;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const says = {
    replay: 'The message is brought to where it is addressed once more.',
    discard: 'The message is taken out of the inbox. No process receives it.',
  };
  const send = (reason: object) => post(`inbox/${at(message.id)}/${what}`, reason);
  return (
    <MessageDialog
      {...rest}
      verb={what === 'replay' ? 'Replay' : 'Discard'}
      name={addressWords(message)}
      says={says[what]}
      isDangerous={what === 'discard'}
      send={send}
    />
  );
}
