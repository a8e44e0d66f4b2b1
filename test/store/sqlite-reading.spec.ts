/** How processes are read on SQLite, and what becomes of a change that is made between two of the statements. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DataSource } from 'typeorm';
import { type ProcessState, UNCLAIMED, UNCLAIMED_NEW } from '../../lib/core/process.js';
import { columns } from '../../lib/store/typeorm/columns.js';
import { loadAll } from '../../lib/store/typeorm/load.js';
import type { Query } from '../../lib/store/typeorm/query.js';
import { SqliteProcessStore } from '../../lib/store/typeorm/sqlite/sqlite-process-store.js';
import { SqliteReader } from '../../lib/store/typeorm/sqlite/sqlite-reader.js';
import { SqliteWriter } from '../../lib/store/typeorm/sqlite/writer.js';
import { TableNames } from '../../lib/store/typeorm/table-names.js';
import { TypeOrmMaintenance } from '../../lib/store/typeorm/typeorm-maintenance.js';
import { TypeOrmOutbox } from '../../lib/store/typeorm/typeorm-outbox.js';
import { TypeOrmQueries } from '../../lib/store/typeorm/typeorm-queries.js';
import { aChange, aMessage, anId, aVersion, aWait, knownAs, outgoing } from '../../lib/testing/builders.js';
import { started } from '../../lib/testing/contract/commit-contract.js';
import { libsqlFile } from '../support/databases.js';

/** Reads, and keeps what was read. Before a statement, something else can happen. */
class ListeningReader extends SqliteReader {
  readonly queries: Query[] = [];
  readonly found: [sql: string, rows: number][] = [];
  before: (query: Query) => Promise<unknown> = async () => undefined;

  override async rows(query: Query) {
    await this.before(query);
    const rows = await super.rows(query);
    this.queries.push(query);
    this.found.push([query.sql, rows.length]);
    return rows;
  }

  override async changed(query: Query) {
    await this.before(query);
    this.queries.push(query);
    return super.changed(query);
  }
}

let file: ReturnType<typeof libsqlFile>;
let dataSource: DataSource;
let store: SqliteProcessStore;
let writer: SqliteWriter;
let reader: ListeningReader;
beforeEach(async () => {
  file = libsqlFile();
  dataSource = await file.connect();
  store = new SqliteProcessStore(dataSource, 'default');
  await store.open('migrate');
  writer = new SqliteWriter(dataSource, new TableNames(dataSource, {}));
  reader = new ListeningReader(writer);
});
afterEach(async () => {
  vi.restoreAllMocks();
  writer.close();
  await store.close();
  await file.drop();
});

const versionsUpTo = (id: string, version: number) => store.queries.versionsUpTo(id, version);
const load = (...requests: Partial<Parameters<typeof loadAll>[2][number]>[]) =>
  loadAll(reader, versionsUpTo, requests.map((request) => ({ id: 'none', waits: [], messages: [], context: false, ...request }))); // prettier-ignore
const of = (table: string) => reader.queries.filter(({ sql }) => sql.includes(`from ${table} `));

/** Two more versions. The last is a snapshot. */
async function goOn(process: ProcessState): Promise<ProcessState> {
  const second = aChange(process, { versions: [aVersion({ version: 2, patch: { two: 2 }, snapshot: null })] });
  const third = aChange(second.process, {
    process: { snapshotVersion: 3 },
    versions: [aVersion({ version: 3, patch: { three: 3 }, snapshot: { total: 1, two: 2, three: 3 } })],
  });
  for (const change of [second, third]) expect(await store.commits.commit([change])).toEqual([]);
  return third.process;
}

it('values are those of the row that was read, though a change has written a snapshot since', async () => {
  const process = await started(store);
  reader.before = async ({ sql }) => sql.includes('workflow_context') && (await goOn(process));
  const [loaded] = await load({ id: process.id, context: true });
  expect(loaded).toMatchObject({ process: { revision: 1, contextVersion: 1 }, context: { total: 1 } });
  expect((await store.commits.load([{ id: process.id, waits: [], messages: [], context: true }]))[0]?.context).toEqual({ total: 1, two: 2, three: 3 });
});

it('values are those of the row that was read, though a change has written a version since', async () => {
  const process = await started(store);
  const next = aChange(process, { versions: [aVersion({ version: 2, patch: { two: 2 }, snapshot: null })] });
  reader.before = async ({ sql }) => sql.includes('workflow_context') && (await store.commits.commit([next]));
  expect((await load({ id: process.id, context: true }))[0]?.context).toEqual({ total: 1 });
});

it('a page of what no index has ends with the place of so many that fit the rest', async () => {
  const workflow = anId('wf');
  const made: ProcessState[] = [];
  for (let i = 0; i < 4; i++) made.push(await started(store, { process: { workflow, startedAt: i, updatedAt: i } }));
  const { queries } = store;
  expect(await queries.pageEnd({ workflow, updatedAfter: 9 }, 3)).toEqual({ at: 1, id: made[1]!.id });
  expect(await queries.pageEnd({ workflow, updatedAfter: 9, statuses: ['running', 'waiting'] }, 3)).toEqual({ at: 1, id: made[1]!.id });
  expect(await queries.pageEnd({ workflow, updatedAfter: 9 }, 5)).toBeNull();
  expect(await queries.pageEnd({ workflow, waitingFor: 'pay', statuses: ['completed'] }, 1)).toBeNull();
});

it('the versions of all processes are one statement, and read once', async () => {
  const again = vi.fn(versionsUpTo);
  const processes = await Promise.all([1, 2, 3].map(() => started(store)));
  await goOn(processes[1]!);
  const next = aChange(processes[2]!, { versions: [aVersion({ version: 2, patch: { total: 2 }, snapshot: null })] });
  expect(await store.commits.commit([next])).toEqual([]);
  const requests = processes.map(({ id }, i) => ({ id, waits: [], messages: [], context: i > 0 }));
  const loaded = await loadAll(reader, again, requests);
  expect(loaded.map((each) => each?.context)).toEqual([null, { total: 1, two: 2, three: 3 }, { total: 2 }]);
  expect([of('workflow_context').map(({ values }) => values), again.mock.calls]).toEqual([[[processes[1]!.id, processes[2]!.id]], []]);
  expect(reader.found.filter(([sql]) => sql.includes('from workflow_context '))).toEqual([[expect.anything(), 1 + 2]]);
});

it('waits and messages are looked up for those that want some', async () => {
  const [one, two] = [await started(store, { waits: { put: [aWait({ key: '0/1' })] } }), await started(store)];
  const message = aMessage({ address: anId('r:') });
  await store.commits.keepMessages([message]);
  const loaded = await load({ id: one.id, waits: ['0/1'] }, { id: two.id, messages: [message.id] }, { id: one.id, waits: ['0/1'], messages: [message.id] });
  expect(loaded.map((each) => [each?.waits.length, each?.messages.length])).toEqual([[1, 0], [0, 1], [1, 1]]); // prettier-ignore
  expect(of('workflow_wait').map(({ values }) => values)).toEqual([[one.id, one.id, '0/1']]);
  expect(of('workflow_inbox').map(({ values }) => values)).toEqual([[message.id]]);
  reader.queries.length = 0;
  await load({ id: one.id });
  expect([...of('workflow_wait'), ...of('workflow_inbox'), ...of('workflow_context')]).toEqual([]);
});

it('processes that are new are looked for only where those that have begun are too few', async () => {
  const workflow = anId('wf');
  for (const worker of [UNCLAIMED, UNCLAIMED, UNCLAIMED_NEW]) await started(store, { process: { workflow, worker } });
  expect(await maintenance().freeProcesses(knownAs(workflow), 2)).toHaveLength(2);
  expect(reader.queries).toHaveLength(1);
  expect(await maintenance().freeProcesses(knownAs(workflow), 3)).toHaveLength(3);
  expect(reader.queries).toHaveLength(3);
});

it('what there is not takes no room', async () => {
  const { id } = await started(store, { versions: [aVersion({ snapshot: null })] });
  const sql = `select count(*) as n from workflow_context where process_id = ? and removed is null and snapshot is null and result is null and undo_mark is null`;
  expect(await dataSource.query(sql, [id])).toEqual([{ n: 1 }]);
});

it.each(Object.entries(columns))('the columns of %s are those that its table has', async (table, names) => {
  const found = (await dataSource.query(`select name from pragma_table_info('${table}')`)) as { name: string }[];
  expect([...names].sort()).toEqual(found.map(({ name }) => name).sort());
  expect(Object.keys(columns)).toHaveLength(11);
});

it('a question that has no answer is not asked: the file is not locked for it', async () => {
  const [queries, outbox] = [new TypeOrmQueries(reader, { distinct: 'steps', byEnd: '' }), new TypeOrmOutbox(reader)];
  const [known, nothing] = [knownAs('order'), [] as const];
  const asked = [
    maintenance().dueWaits(nothing, 5, 10),
    maintenance().freeProcesses(nothing, 10),
    maintenance().readyTasks(nothing, ['q'], 5, 10),
    maintenance().readyTasks(known, nothing, 5, 10),
    maintenance().unmatched(nothing, 10),
    queries.byGroup(nothing, 'g'),
    queries.liveByGroup(nothing, ['g']),
    queries.find({ statuses: nothing, limit: 10 }),
  ];
  expect([...(await Promise.all(asked)), ...reader.queries]).toEqual(asked.map(() => []));
  expect(await outbox.claim({ holder: 'h', sender: 's', now: 5, until: 9, limit: 10 })).toEqual([]);
  expect(reader.queries.map(({ sql }) => sql.split(' ')[0])).toEqual(['select']);
});

/* ---------------------------------------------------------------------- outbox ---- */

describe('two instances that claim messages at once', () => {
  const by = (holder: string, more = {}) => ({ holder, sender: 'CLIENT', now: 1000, until: 5000, limit: 10, ...more });
  const sent = async (readyAt: number) => {
    const id = anId();
    const messages = [1, 2].map((sequence) => outgoing({ processId: id, sequence, readyAt }));
    await started(store, { process: { id }, outgoing: messages });
    return messages.map((message) => message.id);
  };
  const ids = (messages: readonly { id: string }[]) => messages.map(({ id }) => id);

  it('get those of different processes', async () => {
    const [first, second] = [await sent(1), await sent(2)];
    let theirs: string[] | undefined;
    reader.before = async ({ sql }) => {
      if (theirs || !sql.startsWith('update')) return;
      theirs = [];
      theirs = ids(await store.outbox.claim(by('other', { limit: 1 })));
    };
    expect(ids(await new TypeOrmOutbox(reader).claim(by('mine')))).toEqual(second);
    expect(theirs).toEqual(first);
  });

  it('get none that was claimed again before it was read', async () => {
    const [one, two] = await sent(1);
    reader.before = async ({ sql }) => {
      if (sql.startsWith('select * from workflow_outbox')) await dataSource.query(`update workflow_outbox set holder = 'other' where id = '${one}'`);
    };
    expect(ids(await new TypeOrmOutbox(reader).claim(by('mine')))).toEqual([two]);
  });
});

/* ------------------------------------------------------------------ heartbeats ---- */

const NOW = `cast(unixepoch('subsec') * 1000 as integer)`;
const words = { now: NOW, overwrite: (key: string, names: readonly string[]) => ` on conflict (${key}) do update set ${names.map((name) => `${name} = excluded.${name}`).join()}`, unlessThere: '', endOfChild: '', byEnd: '', skipLocked: '', distinct: 'steps' as const }; // prettier-ignore
const maintenance = (client: 'pg' | 'mysql2' | null = null) =>
  new TypeOrmMaintenance(reader, reader, words, new TableNames(dataSource, {}), () => client && { client, module: 'm', options: {} });

it('a heartbeat has the time of the database, whatever the clock of the instance says', async () => {
  const before = Date.now();
  vi.spyOn(Date, 'now').mockReturnValue(5);
  expect((await store.maintenance.beat('w')) >= before - 1000).toBe(true);
});

it('a worker that was forgotten before it heard the time goes by its own clock', async () => {
  reader.before = async ({ sql }) => sql.startsWith('select seen_at') && (await store.maintenance.forgetWorker('w'));
  vi.spyOn(Date, 'now').mockReturnValue(5);
  expect(await maintenance().beat('w')).toBe(5);
});

it('the statements of a thread have the places of its driver', () => {
  const [write, read] = maintenance('mysql2').threadBeat()!.statements;
  expect(write).toContain(`values (?, ${NOW}, ${NOW})`);
  expect(read).toBe('select seen_at from workflow_worker where id = ?');
  const ofPostgres = maintenance('pg').threadBeat()!;
  expect(ofPostgres).toMatchObject({ client: 'pg', module: 'm', options: {} });
  expect(ofPostgres.statements).toEqual([write!.replace('?', '$1'), read!.replace('?', '$1')]);
  expect(maintenance().threadBeat()).toBe(null);
});

it('a thread that runs its statements beats as the store does', async () => {
  const { client, statements } = store.maintenance.threadBeat()!;
  expect(client).toBe('sqlite');
  for (const sql of statements) await dataSource.query(sql, ['w']);
  const [first] = await store.maintenance.workers();
  expect(first?.id).toBe('w');
  expect(await dataSource.query(statements[1]!, ['w'])).toEqual([{ seen_at: first!.seenAt }]);
});
