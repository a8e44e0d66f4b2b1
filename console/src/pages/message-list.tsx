import type { ComponentChildren, ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import type { Query } from '../api/client.js';
import { usePages } from '../api/use-pages.js';
import { BulkButton } from '../bulk/bulk-button.js';
import { useLive } from '../live/use-live.js';
import { Empty, More, ProblemNote } from '../parts/basics.js';
import { TextField } from '../parts/fields.js';
import { FilterForm } from '../parts/filter-form.js';
import { Page } from '../parts/page.js';
import { place } from '../state/location.js';

/** What a person wants to do with one message. */
export interface AskedOfMessage<Message, Action> {
  readonly what: Action;
  readonly message: Message;
}
export interface TableProps<Message, Action> {
  readonly items: readonly Message[];
  readonly onAsk: (asked: AskedOfMessage<Message, Action>) => void;
}
export type AskedDialogProps<Message, Action> = AskedOfMessage<Message, Action> & { readonly onClose: () => void; readonly onDone: () => void };

interface MessageListProps<Message, Action> {
  readonly title: string;
  readonly box: 'inbox' | 'outbox';
  /** A filter that is no text, by its name. */
  readonly choice: readonly [name: string, field: ComponentChildren];
  /** Filters that are texts: names and labels. */
  readonly texts: readonly (readonly [name: string, label: string])[];
  /** What it means that there is none. */
  readonly empty: string;
  readonly Table: ComponentType<TableProps<Message, Action>>;
  readonly AskedDialog: ComponentType<AskedDialogProps<Message, Action>>;
}

/** A list of messages with its filters: the inbox, or the outbox. */
export function MessageList<Message, Action>({ title, box, choice: [name, choice], texts, empty, Table, AskedDialog }: MessageListProps<Message, Action>) {
  const { query } = place.value;
  const filters: Query = Object.fromEntries([name, ...texts.map(([text]) => text)].map((each) => [each, query.get(each)]));
  const list = usePages<Message>(box, filters);
  const [asked, setAsked] = useState<AskedOfMessage<Message, Action> | null>(null);
  useLive(null, () => list.count <= 1 && list.again(), 3000);
  return (
    <Page title={title} aside={<BulkButton scope={box} query={filters} />}>
      <FilterForm key={query.toString()} page={box}>
        <div class="filter-row">
          {choice}
          {texts.map(([text, label]) => (
            <TextField key={text} name={text} label={label} value={query.get(text) ?? ''} />
          ))}
        </div>
      </FilterForm>
      <ProblemNote problem={list.problem} />
      {list.isLoading && list.items === null && <p class="loading">Loading…</p>}
      {list.items?.length === 0 && <Empty>{empty}</Empty>}
      {list.items && list.items.length > 0 && <Table items={list.items} onAsk={setAsked} />}
      <More list={list} what="messages" />
      {asked && <AskedDialog {...asked} onClose={() => setAsked(null)} onDone={list.again} />}
    </Page>
  );
}
