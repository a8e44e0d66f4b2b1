/** A new installation, a restored dump, a bulk load: there are no statistics, and no statement of a sweep may depend on them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProcessFilter, Step, Workflow } from '../../lib/index.js';
import { bootApp, type TestApp } from '../support/app.js';
import { hasMark } from '../../lib/operations/bulk-marks.js';
import { started } from '../../lib/testing/contract/commit-contract.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

const MANY = 100_000;
/** Pages of 8 kB that a list of one page may touch. */
const A_PAGE = 300;
/** Pages of 8 kB that a statement may touch to find nothing, or a page of what it looks for, among so many. */
const MOST_PAGES = 3000;

/** Pages that the processes which are looked at for one page may take, with their waits. */
const MOST_LOOKED_AT_PAGES = 10 * 5000;

@Workflow({ name: 'order', searchable: ['who', 'n'] })
class PlannedOrder {
  @Step({ on: 'paid' }) pay() {}
}

const database = await postgres();

describe.skipIf(!isThere(database))('plans on PostgreSQL, of 100,000 waiting processes that were never analysed', () => {
  let db: Database;
  let app: TestApp;
  /** What a statement has read, by its text. */
  const pages: [sql: string, pages: number][] = [];

  beforeAll(async () => {
    db = database;
    app = await bootApp(db, 'database', { providers: [PlannedOrder], options: { worker: { enabled: false } } });
    for (const table of ['process', 'wait', 'inbox', 'context', 'audit', 'search'])
      await app.dataSource.query(`alter table workflow_${table} set (autovacuum_enabled = false)`);
    await app.dataSource
      .query(`insert into workflow_process (id, workflow, workflow_version, group_id, group_key, live, status, revision, context_version, snapshot_version,
      runs, root, worker, claim, tokens, started_at, updated_at) select 'p' || i, 'order', 1, 'g' || i, 'g' || i, 0, 'waiting', 3, 1, 1, 1, 0, null, 0, '[]', i, i from generate_series(1, ${MANY}) i`);
    await app.dataSource
      .query(`insert into workflow_process (id, workflow, workflow_version, group_id, group_key, live, status, revision, context_version, snapshot_version,
      runs, root, worker, claim, tokens, started_at, finished_at, updated_at) select 'f' || i, 'order', 1, 'f' || i, 'f' || i, null, 'completed', 3, 1, 1, 1, 0, null, 0, '[]', i, 100000 + i, i from generate_series(1, ${MANY}) i`);
    await app.dataSource.query(`insert into workflow_wait (process_id, token_key, step, run, kind, address, due_at, since, attempt, claim, token)
      select 'p' || i, '0', 'pay', 1, 'response', 'r:p' || i || '.1', 4102444800000, i, 1, 0, '{}' from generate_series(1, ${MANY}) i`);
    await app.dataSource.query(`insert into workflow_wait (process_id, token_key, step, run, kind, address, since, attempt, claim, token)
      select 'p' || i, '1', 'pay', 2, 'pause', 'p:all', i, 1, 0, '{}' from generate_series(1, ${MANY}) i`);
    await app.dataSource.query(`insert into workflow_search (process_id, name, value, workflow, started_at)
      select 'p' || i, 'who', '"all"', 'order', i from generate_series(1, ${MANY}) i union all select 'p' || i, 'n', (i % 100)::text, 'order', i from generate_series(1, ${MANY}) i`);
    explained('maintenance', 'queries');
  }, 120_000);
  beforeEach(() => void pages.splice(0));
  afterAll(async () => {
    await app.close();
    await db.drop();
  });

  /** Has each statement of these parts explained, and then run. */
  function explained(...parts: ('maintenance' | 'queries')[]): void {
    const readers = parts.flatMap((part) => {
      const { reader, patient } = app.engine.store[part] as unknown as Record<'reader' | 'patient', ExplainedReader | undefined>;
      return [reader!, ...(patient ? [patient] : [])];
    });
    for (const each of new Set(readers)) explainedBy(each);
  }

  interface ExplainedReader {
    rows(query: Statement): Promise<unknown[]>;
    readThenRun(query: Statement, follow: (rows: unknown[]) => Statement[]): Promise<void>;
  }
  interface Statement {
    readonly sql: string;
    readonly values: readonly unknown[];
  }

  function explainedBy(reader: ExplainedReader): void {
    const rows = reader.rows.bind(reader);
    reader.readThenRun = async (query, follow) => {
      for (const each of follow(await reader.rows(query))) await reader.rows(each);
    };
    reader.rows = async ({ sql, values }) => {
      const [row] = (await rows({ sql: `explain (analyze, buffers, format json) ${sql}`, values })) as { 'QUERY PLAN': Plan[] | string }[];
      const plan = row!['QUERY PLAN'];
      const [{ Plan: top }] = (typeof plan === 'string' ? JSON.parse(plan) : plan) as [Plan];
      pages.push([sql, top['Shared Hit Blocks'] + top['Shared Read Blocks']]);
      return rows({ sql, values });
    };
  }

  it('is not compiled: a plan that cannot avoid a sort is dear on paper, and compiling it takes half a second', async () => {
    const { reader } = app.engine.store.maintenance as unknown as { reader: { rows(query: object): Promise<{ jit: string }[]> } };
    expect(await reader.rows({ sql: `select current_setting('jit') as jit`, values: [] })).toEqual([{ jit: 'off' }]);
  });

  interface Plan {
    readonly Plan: { readonly 'Shared Hit Blocks': number; readonly 'Shared Read Blocks': number };
  }

  it('every statement of a sweep, a heartbeat and a page goes by its index', async () => {
    const { maintenance, queries, operating } = app.engine.store;
    const known = [{ workflow: 'order', versions: [1] }];
    const now = Date.now();
    await maintenance.workAt(now, ['mail']);
    await maintenance.dueWaits(known, now, 200);
    await maintenance.freeProcesses(known, 200);
    await maintenance.readyTasks(known, ['mail'], now, 200);
    await maintenance.unmatched(known, 200);
    await maintenance.childrenToStart(200);
    await maintenance.orphans(null, 200);
    await maintenance.silentWorkers(now);
    await maintenance.heldBy('nobody', 1000);
    expect(
      await maintenance.deleteFinished(
        ['p1', 'p2'].map((id) => ({ id, revision: 3 })),
        'all',
      ),
    ).toEqual([]); // they are live
    expect(
      await maintenance.deleteFinished(
        ['f1', 'f2'].map((id) => ({ id, revision: 3 })),
        'all',
      ),
    ).toEqual(['f1', 'f2']);
    const [, , third] = await maintenance.finishedOf('order', 200_000, 200);
    expect(third).toMatchObject({ id: 'f5' });
    expect(await maintenance.finishedOf('order', 200_000, 200, third)).toHaveLength(200);
    expect(await maintenance.finishedOf('order', 9, 200)).toEqual([]); // nothing is due, and all is there
    await operating.pauses(now);
    await operating.heldAt('p:none', 200, known);
    await operating.heldAt('p:none', 200);
    expect(await operating.heldAt('p:all', 200, known)).toHaveLength(200);
    await operating.bulks({ state: 'running', limit: 50 });
    await operating.bulks({ limit: 50 });
    await operating.bulkItems('none', { limit: 50 });
    await queries.messagesOf('p1');
    await queries.childrenOf(['p1', 'p2']);
    await queries.unreceived('', 200);
    await queries.contextsWith('"x"', { after: '', limit: 200 });
    await queries.contextsWith('"x"', { after: 'p5', limit: 200, workflow: 'order' });
    await queries.bytesIn({ after: '', limit: 200 });
    await queries.find({ workflow: 'order', groupId: 'g5', limit: 50 });
    await queries.find({ limit: 50 });
    await queries.find({ workflow: 'order', statuses: ['waiting'], limit: 50 });
    await queries.find({ statuses: ['failed', 'suspended'], limit: 50 });
    await queries.find({ workflow: 'order', statuses: ['failed'], order: 'oldest', limit: 50 });
    await queries.find({ workflow: 'order', limit: 50, after: { at: 500, id: 'p500' } });
    await queries.find({ groupIdPrefix: 'g9999', limit: 50 });
    await queries.find({ overdue: true, limit: 50 });
    await queries.find({ ids: Array.from({ length: 500 }, (_, i) => `p${i * 7 + 1}`), limit: 500 }); // what open pages of the console follow
    await queries.find({ startedAfter: MANY - 10, limit: 100 });
    await queries.find({ workflow: 'order', search: [{ name: 'who', value: '"all"' }], limit: 50 });
    await queries.find({ workflow: 'order', search: [{ name: 'who', value: '"all"' }, { name: 'n', value: '7' }], statuses: ['waiting'], limit: 50 }); // prettier-ignore
    await queries.find({ workflow: 'order', sort: 'finishedAt', limit: 50 });
    await queries.find({ workflow: 'order', sort: 'finishedAt', order: 'oldest', after: { at: 100_500, id: 'f500' }, limit: 50 });
    await queries.find({ ids: ['p1', 'p2', 'f3'], sort: 'updatedAt', limit: 50 });
    await queries.pageEnd({ workflow: 'order', updatedAfter: 5 }, 5000);
    await queries.pageEnd({ waitingFor: 'pay' }, 5000);
    await queries.pageEnd({ groupIdPrefix: 'g' }, 5000);
    await queries.pageEnd({ workflow: 'order', sort: 'finishedAt', statuses: ['cancelled'] }, 5000);
    await queries.pageEnd({ workflow: 'order', search: [{ name: 'who', value: '"all"' }], waitingFor: 'none' }, 5000);
    await queries.statusCounts(1000);
    await queries.failureCounts(1000);
    await queries.troubleCounts(now, 1000);
    await queries.waitFacts(Array.from({ length: 100 }, (_, i) => `p${i + 1}`));
    await queries.find({ waitingFor: 'pay', limit: 50 });
    await queries.byGroup(['order'], 'g5');
    await queries.gauges(now);
    await queries.checkTables();
    await queries.waitsLike({ kind: 'response', limit: 50 });
    expect(pages.filter(([, count]) => count > MOST_PAGES)).toEqual([]);
    expect(pages.filter(([sql, count]) => sql.includes('order by finished_at') && count > A_PAGE)).toEqual([]);
    expect(pages.length).toBeGreaterThanOrEqual(50);
  });

  it('a page of what no index has reads so many processes, and goes on behind them', async () => {
    const many = { step: 'pay', updatedBefore: new Date(20) };
    const first = await app.workflows.find({ ...many, order: 'newest' });
    expect(first).toMatchObject({ items: expect.objectContaining({ length: 19 }), next: null }); // they were started before, too
    const late = await app.workflows.find({ status: 'waiting', updatedAfter: new Date(MANY - 2), order: 'oldest' });
    expect(late.items).toEqual([]);
    const found: string[] = [];
    let reads = 0;
    for (let cursor = late.next; cursor !== null; reads++) {
      const page = await app.workflows.find({ status: 'waiting', updatedAfter: new Date(MANY - 2), order: 'oldest', cursor });
      found.push(...page.items.map(({ id }) => id));
      cursor = page.next;
    }
    expect(found).toEqual([`p${MANY - 2}`, `p${MANY - 1}`, `p${MANY}`]);
    expect(reads).toBe(MANY / 5000);
    expect((await app.workflows.find({ step: 'nowhere' })).next).not.toBeNull();
    for (const filter of [{}, { workflow: 'order' }, { status: 'waiting' as const }]) {
      const { items } = await app.workflows.find({ ...filter, groupIdPrefix: 'g', limit: 20 });
      expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `p${MANY - i}`));
    }
    expect((await app.workflows.find({ workflow: 'order', sort: 'finishedAt', status: 'cancelled' })).next).not.toBeNull();
    expect((await app.workflows.find({ workflow: 'order', values: { who: 'all' }, step: 'nowhere' })).next).not.toBeNull();
    expect(pages.filter(([, count]) => count > MOST_LOOKED_AT_PAGES)).toEqual([]);
  });

  it('what a bulk run asks of a process with 100,000 audit records reads those since it began with it, by their key', async () => {
    await app.dataSource.query(`update workflow_process set revision = ${MANY} where id = 'p77'`);
    await app.dataSource.query(`insert into workflow_audit (process_id, sequence, type, context_version, reason, created_at)
      select 'p77', i, 'step-started', 1, case i when ${MANY - 350} then 'why [bulk run b]' when 5 then '[bulk run old]' end, i * 1000 from generate_series(1, ${MANY}) i`);
    const { queries } = app.engine.store;
    expect(await hasMark(queries, { id: 'b' }, 'p77', (MANY - 351) * 1000)).toBe(true);
    expect(await hasMark(queries, { id: 'none' }, 'p77', (MANY - 351) * 1000)).toBe(false);
    expect(await hasMark(queries, { id: 'old' }, 'p77', (MANY - 351) * 1000)).toBe(false); // the run began later
    const ofRecords = pages.filter(([sql]) => sql.includes('workflow_audit'));
    expect(ofRecords[0]![0]).toMatch(/select \* from workflow_audit where process_id = \S+ and sequence > \S+ order by sequence limit \S+/);
    expect(ofRecords).toHaveLength(4 + 5 + 5);
    expect(ofRecords.filter(([, count]) => count > 15)).toEqual([]); // a table scan reads over a thousand
  });

  it('a page of a frequent prefix is full, also where its processes lie together behind many others', async () => {
    const { items } = await app.workflows.find({ groupIdPrefix: 'g9', startedAfter: new Date(10_000), order: 'oldest', limit: 20 });
    expect(items.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `p${90_000 + i}`));
  });

  it('an order that no index has is refused where it would have to sort too many', async () => {
    const refused = (filter: ProcessFilter) => expect(app.workflows.find({ ...filter, sort: 'updatedAt' })).rejects.toThrow('more than 10,000 processes would have to be sorted'); // prettier-ignore
    await refused({});
    await refused({ status: 'waiting' });
    await refused({ workflow: 'order', values: { who: 'all' } });
    expect((await app.workflows.find({ status: 'failed', sort: 'updatedAt' })).items).toEqual([]);
    const { items } = await app.workflows.find({ startedAfter: new Date(MANY - 100), sort: 'updatedAt', limit: 2 });
    expect(items.map(({ updatedAt }) => updatedAt.getTime())).toEqual([MANY, MANY]);
    expect((await app.workflows.find({ workflow: 'order', values: { n: 7 }, sort: 'updatedAt', limit: 1 })).items).toMatchObject([{ id: `p${MANY - 93}` }]);
  });
});

describe.each([
  ['MySQL', mysql],
  ['SQLite', async () => libsqlFile()],
] as const)('plans on %s', async (_name, make) => {
  const other: Database = await make();
  afterAll(() => other.drop());

  let app: TestApp;
  /** The plan of each statement over groups. */
  const plans: string[] = [];
  beforeAll(async () => {
    if (!isThere(other)) return;
    app = await bootApp(other, 'database', { options: { worker: { enabled: false } } });
    const over = { status: 'completed' as const, finishedAt: 5, tokens: [] };
    await Promise.all(Array.from({ length: 300 }, (_, i) => started(app.engine.store, { process: { ...over, ...(i % 2 && { groupId: 'one' }) } })));
    const { maintenance, queries } = app.engine.store as unknown as Record<'maintenance' | 'queries', { reader: RowReader }>;
    for (const reader of new Set([maintenance.reader, queries.reader])) explain(reader);
  });
  afterAll(() => app?.close());

  interface RowReader {
    rows: (query: { sql: string; values: readonly unknown[] }) => Promise<any[]>;
  }

  function explain(reader: RowReader): void {
    const rows = reader.rows.bind(reader);
    const word = other.name === 'MySQL' ? 'explain' : 'explain query plan';
    reader.rows = async ({ sql, values }) => {
      if (/group_key|order by (p\.)?finished_at/.test(sql)) plans.push(JSON.stringify(await app.dataSource.query(`${word} ${sql}`, [...values])));
      return rows({ sql, values });
    };
  }

  function expectSorted(count: number, index = 'workflow_process_latest'): void {
    const all = plans.splice(0);
    expect(all).toHaveLength(count);
    for (const plan of all) {
      expect(plan).toContain(index);
      expect(plan).not.toMatch(/filesort|TEMP B-TREE/);
    }
  }

  it.skipIf(!isThere(other))(`${titleOf(other)}: the list of the finished processes of a workflow goes by its index, and sorts nothing`, async () => {
    const [first] = await app.engine.store.maintenance.finishedOf('order', 5, 200);
    expect(await app.engine.store.maintenance.finishedOf('order', 5, 200, first)).toHaveLength(200);
    expectSorted(2, 'workflow_process_finished');
  });

  it.skipIf(!isThere(other))(`${titleOf(other)}: a list by the end goes by the same index, with its page end, and sorts nothing`, async () => {
    const { queries } = app.engine.store;
    const [first] = await queries.find({ workflow: 'order', sort: 'finishedAt', limit: 50 });
    expect(await queries.find({ workflow: 'order', sort: 'finishedAt', after: { at: 5, id: first!.id }, limit: 50 })).toHaveLength(50);
    expect(await queries.find({ workflow: 'order', sort: 'finishedAt', order: 'oldest', statuses: ['cancelled'], limit: 50 })).toEqual([]);
    expect(await queries.pageEnd({ workflow: 'order', sort: 'finishedAt', statuses: ['cancelled'] }, 100)).toMatchObject({ at: 5 });
    expectSorted(4, 'workflow_process_finished');
  });

  it.skipIf(!isThere(other))(`${titleOf(other)}: the latest process of a group is one row of its index, however many have finished`, async () => {
    expect(await app.engine.store.queries.byGroup(['order'], 'one')).toHaveLength(1);
    plans.shift(); // the live one
    expectSorted(1);
  });
});
