import type { MessageState, VersionDraft } from '../../core/change.js';
import type { ProcessState } from '../../core/process.js';
import type { WaitState } from '../../core/wait.js';
import type { Loaded, ProcessRequest } from '../port.js';
import { valuesOf } from '../process-store.js';
import { inList } from './query.js';
import type { SqlReader } from './sql-reader.js';
import { messageState, processState, versionDraft, waitState } from './states.js';

type ReadVersions = (processId: string, version: number) => Promise<readonly VersionDraft[]>;

/** One query per table for all requests. Processes are read first: their revision reveals changes made after that. */
export async function loadAll(reader: SqlReader, versionsUpTo: ReadVersions, requests: readonly ProcessRequest[]): Promise<(Loaded | null)[]> {
  const processes = await processesOf(reader, requests);
  const waits = await loadedWaits(reader, requests);
  const messages = await loadedMessages(reader, requests);
  const contexts = await versionsOf(reader, requests);
  return Promise.all(
    requests.map(async (request) => {
      const process = processes.get(request.id);
      if (!process) return null;
      const context = request.context ? valuesOf(await asOf(versionsUpTo, process, contexts.get(request.id)!)) : null;
      return { process, waits: inOrder(request.waits, waits.get(request.id)), messages: inOrder(request.messages, messages), context };
    }),
  );
}

async function processesOf(reader: SqlReader, requests: readonly ProcessRequest[]): Promise<ReadonlyMap<string, ProcessState>> {
  const ids = requests.map(({ id }) => id);
  const rows = await reader.listed((list) => `select * from workflow_process where id ${list}`, ids);
  return new Map(rows.map(processState).map((process) => [process.id, process]));
}

/** Filters by process and by key separately. The few rows too many are cheaper than a query for each process. */
async function loadedWaits(reader: SqlReader, requests: readonly ProcessRequest[]): Promise<Map<string, Map<string, WaitState>>> {
  const some = requests.filter(({ waits }) => waits.length > 0);
  const processes = inList(some.map(({ id }) => id));
  const sql = `select * from workflow_wait where kind <> 'closed' and process_id ${processes.sql} and token_key`;
  const keys = [...new Set(some.flatMap(({ waits }) => waits))];
  const rows = await reader.listed((list) => `${sql} ${list}`, keys, processes.values);
  const found = new Map(some.map(({ id }) => [id, new Map<string, WaitState>()]));
  for (const row of rows) found.get(String(row.process_id))?.set(String(row.token_key), waitState(row));
  return found;
}

async function loadedMessages(reader: SqlReader, requests: readonly ProcessRequest[]): Promise<ReadonlyMap<string, MessageState>> {
  const ids = [...new Set(requests.flatMap(({ messages }) => messages))];
  const rows = await reader.listed((list) => `select * from workflow_inbox where id ${list}`, ids);
  return new Map(rows.map(messageState).map((message) => [message.id, message]));
}

const versions = `select c.* from workflow_context c join workflow_process p on p.id = c.process_id and c.version >= p.snapshot_version where p.id`;

async function versionsOf(reader: SqlReader, requests: readonly ProcessRequest[]): Promise<ReadonlyMap<string, VersionDraft[]>> {
  const ids = requests.filter(({ context }) => context).map(({ id }) => id);
  const rows = await reader.listed((list) => `${versions} ${list} order by c.version`, ids);
  const found = new Map(ids.map((id) => [id, [] as VersionDraft[]]));
  for (const row of rows) found.get(String(row.process_id))?.push(versionDraft(row));
  return found;
}

/** A process that has changed since its row was read may have a newer snapshot than its row says. Then its versions are read again. */
async function asOf(
  versionsUpTo: ReadVersions,
  { id, snapshotVersion, contextVersion }: ProcessState,
  found: readonly VersionDraft[],
): Promise<readonly VersionDraft[]> {
  if (found[0]?.version !== snapshotVersion) return versionsUpTo(id, contextVersion);
  return found.filter(({ version }) => version <= contextVersion);
}

function inOrder<T>(keys: readonly string[], found: ReadonlyMap<string, T> | undefined): T[] {
  return keys.map((key) => found?.get(key)).filter((each) => each !== undefined) as T[];
}
