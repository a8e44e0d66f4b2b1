import type { MessageState, VersionDraft } from '../../core/change.js';
import type { ProcessState, WaitState } from '../../core/process.js';
import { type Loaded, type Want } from '../port.js';
import { valuesOf } from '../process-store.js';
import { inList, type Query } from './query.js';
import { type FoundRow, messageState, processState, versionDraft, waitState } from './states.js';

interface Reader {
  rows(query: Query): Promise<readonly FoundRow[]>;
  listed(query: (list: Query) => Query, values: readonly string[]): Promise<readonly FoundRow[]>;
  versionsUpTo(processId: string, version: number): Promise<readonly VersionDraft[]>;
}

/** One query per table for all of them. Processes first: what changes after that is caught by their revision. */
export async function loadAll(reader: Reader, wants: readonly Want[]): Promise<(Loaded | null)[]> {
  const processes = await processesOf(reader, wants);
  const waits = await waitsOf(reader, wants);
  const messages = await messagesOf(reader, wants);
  const contexts = await versionsOf(reader, wants);
  return Promise.all(
    wants.map(async (want) => {
      const process = processes.get(want.id);
      if (!process) return null;
      const context = want.context ? valuesOf(await asOf(reader, process, contexts.get(want.id) ?? [])) : null;
      return { process, waits: chosen(want.waits, waits.get(want.id)), messages: chosen(want.messages, messages), context };
    }),
  );
}

async function processesOf(reader: Reader, wants: readonly Want[]): Promise<ReadonlyMap<string, ProcessState>> {
  const ids = wants.map(({ id }) => id);
  const rows = await reader.listed((list) => ({ sql: `select * from workflow_process where id ${list.sql}`, values: list.values }), ids);
  return new Map(rows.map(processState).map((process) => [process.id, process]));
}

/** By key and process each on its own: the few too many that this finds are cheaper than a query for each process. */
async function waitsOf(reader: Reader, wants: readonly Want[]): Promise<Map<string, Map<string, WaitState>>> {
  const some = wants.filter(({ waits }) => waits.length > 0);
  const processes = inList(some.map(({ id }) => id));
  const sql = `select * from workflow_wait where kind <> 'closed' and process_id ${processes.sql} and token_key`;
  const keys = [...new Set(some.flatMap(({ waits }) => waits))];
  const rows = await reader.listed((list) => ({ sql: `${sql} ${list.sql}`, values: [...processes.values, ...list.values] }), keys);
  const found = new Map(some.map(({ id }) => [id, new Map<string, WaitState>()]));
  for (const row of rows) found.get(String(row.process_id))?.set(String(row.token_key), waitState(row));
  return found;
}

async function messagesOf(reader: Reader, wants: readonly Want[]): Promise<ReadonlyMap<string, MessageState>> {
  const ids = [...new Set(wants.flatMap(({ messages }) => messages))];
  const rows = await reader.listed((list) => ({ sql: `select * from workflow_inbox where id ${list.sql}`, values: list.values }), ids);
  return new Map(rows.map(messageState).map((message) => [message.id, message]));
}

const versions = `select c.* from workflow_context c join workflow_process p on p.id = c.process_id and c.version >= p.snapshot_version where p.id`;

async function versionsOf(reader: Reader, wants: readonly Want[]): Promise<ReadonlyMap<string, VersionDraft[]>> {
  const ids = wants.filter(({ context }) => context).map(({ id }) => id);
  const rows = await reader.listed((list) => ({ sql: `${versions} ${list.sql} order by c.version`, values: list.values }), ids);
  const found = new Map(ids.map((id) => [id, [] as VersionDraft[]]));
  for (const row of rows) found.get(String(row.process_id))?.push(versionDraft(row));
  return found;
}

/** If it has moved on since its row was read, its newest snapshot may be one that this row does not know of. */
async function asOf(reader: Reader, { id, snapshotVersion, contextVersion }: ProcessState, found: readonly VersionDraft[]): Promise<readonly VersionDraft[]> {
  if (found[0]?.version !== snapshotVersion) return reader.versionsUpTo(id, contextVersion);
  return found.filter(({ version }) => version <= contextVersion);
}

function chosen<T>(keys: readonly string[], found: ReadonlyMap<string, T> | undefined): T[] {
  return keys.map((key) => found?.get(key)).filter((each) => each !== undefined) as T[];
}
