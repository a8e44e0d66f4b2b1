import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type DataSource, type DataSourceOptions, DefaultNamingStrategy } from 'typeorm';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  AuditRecord, Process, SchemaError, Step, type StepRef, type TableOptions, Wait, Workflow, workflowEntities, workflowMigrations, type WorkflowModuleOptions,
} from '../../lib/index.js'; // prettier-ignore
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import { workflowTables } from '../../lib/store/typeorm/migrations/tables.js';
import { bootApp, type TestApp, until } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';
import { Item } from '../support/item.entity.js';
import { contractOn } from '../support/store-contract.js';
import { tablesOf } from '../support/described-tables.js';

/** The same database, through a data source with these options. */
function through(database: Database, options: object): Database {
  const words = Object.entries(options).map(([name, value]) => `${name} ${typeof value === 'string' ? value : 'of its own'}`);
  return {
    ...database,
    name: `${database.name}, ${words.join(', ')}`,
    connect: (more) => database.connect({ ...options, ...more } as Partial<DataSourceOptions>),
  };
}

/* ---------------------------------------------------- every statement of the store ---- */

contractOn(through(await postgres(), { schema: 'Tenant one', entityPrefix: 'Billing-' }));
contractOn(through(await mysql(), { entityPrefix: 'billing-' }));
contractOn(through(libsqlFile(), { entityPrefix: 'billing-' }));

/* ------------------------------------------------------------------ applications ---- */

const ran: string[] = [];

@Workflow({ name: 'bill' })
class Bill {
  @Step() charge(_bill: object, { groupId }: StepRef) {
    ran.push(groupId);
  }
}

@Workflow({ name: 'ledger' })
class Ledger {
  ask() {}
  @Step({ request: 'ask' }) answered(_ledger: object, _answer: object) {}
  @Step({ transactional: true }) book() {}
  @Step({ queue: 'evening' }) close() {}
}

const opened: TestApp[] = [];
const made: Database[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});
afterAll(async () => {
  for (const each of made.splice(0)) await each.drop();
});

async function boot(database: Database, options: WorkflowModuleOptions = {}): Promise<TestApp> {
  const app = await bootApp(database, 'database', { providers: [Bill, Ledger], queues: ['evening'], entities: [Item], options });
  opened.push(app);
  return app;
}
const asleep: WorkflowModuleOptions = { worker: { sweepInterval: '1h', heartbeat: '1h' } };
const nobodyWorks: WorkflowModuleOptions = { worker: { ...asleep.worker, enabled: false } };

/** Through each kind of call: a process of three steps, with a request, a transaction of ours and of the application, and a queue. */
async function playedLedger({ workflows, dataSource }: TestApp): Promise<string> {
  const { id } = await dataSource.transaction((manager) => workflows.start(Ledger, {}, { groupId: randomBytes(4).toString('hex'), manager }));
  const { waits } = await until(() => workflows.get(id, { internals: true }), (found) => found.waits.length === 1); // prettier-ignore
  await workflows.respond(Ledger, 'answered', (waits[0] as { key?: string }).key!, {});
  await until(() => workflows.get(id), ({ status }) => status === 'completed'); // prettier-ignore
  return id;
}

const first = await postgres();
if (isThere(first)) made.push(first);
describe.skipIf(!isThere(first))(titleOf(first), () => {
  const schemaOf = async (dataSource: DataSource) => {
    const sql = `select n.nspname || '.' || c.relname as place from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'i') and c.relname like '%workflow\\_%' order by 1`;
    return ((await dataSource.query(sql)) as { place: string }[]).map(({ place }) => place);
  };
  async function fresh(): Promise<Database> {
    const database = await postgres();
    made.push(database);
    return database;
  }

  it('two applications in two schemas of one database neither see, run, wake nor recover the processes of one another', async () => {
    const database = await fresh();
    const [one, two] = [await boot(through(database, { schema: 't1' }), nobodyWorks), await boot(through(database, { schema: 't2' }), asleep)];
    const { id } = await one.workflows.start(Bill, {}, { groupId: 'same' });
    await one.dataSource.query(`update t1.workflow_process set worker = 'dead' where id = $1`, [id]); // held by a worker that is no more
    await two.workflows.settled((await two.workflows.start(Bill, {}, { groupId: 'same' })).id);
    await two.engine.sweeper.sweep();
    await expect(two.workflows.get(id)).rejects.toThrow(id);
    const silent = async ({ engine }: TestApp) => (await engine.store.maintenance.silentWorkers(1)).map((worker) => worker.id);
    expect({ one: await silent(one), two: await silent(two) }).toEqual({ one: ['dead'], two: [] });
    expect(ran.splice(0)).toEqual(['same']);
    expect(await one.workflows.get(id)).toMatchObject({ status: 'running' });
    expect((await two.workflows.find()).items.map(({ groupId, status }) => `${groupId} ${status}`)).toEqual(['same completed']);
  });

  it('the schema of the data source has the tables and the indexes, which migrate makes with it, and nothing is anywhere else', async () => {
    const app = await boot(through(await fresh(), { schema: 'tenant', entityPrefix: 'app_' }), asleep);
    const id = await playedLedger(app);
    const places = await schemaOf(app.dataSource);
    expect(places.filter((place) => !place.startsWith('tenant.app_workflow_'))).toEqual([]);
    for (const table of workflowTables) expect(places).toContain(`tenant.app_${table}`);
    expect(places).toContain('tenant.app_workflow_inbox_disposition');
    expect(await app.dataSource.getRepository(AuditRecord).countBy({ processId: id })).toBeGreaterThan(5);
    expect(await app.dataSource.driver.createSchemaBuilder().log()).toMatchObject({ upQueries: [{ query: expect.stringContaining('app_shop_item') }] });
  });

  it('migrations make, change back and list themselves in the schema of the data source', async () => {
    const database = await fresh();
    await (await database.connect()).query('create schema tenant');
    const dataSource = await database.connect({ schema: 'tenant', entityPrefix: 'app_', migrations: workflowMigrations } as Partial<DataSourceOptions>);
    expect(await dataSource.runMigrations()).toHaveLength(workflowMigrations.length);
    expect(await dataSource.query('select count(*)::int as count from tenant.migrations')).toEqual([{ count: workflowMigrations.length }]);
    await expect(createTypeOrmStore(dataSource).open('check')).resolves.toBeUndefined();
    expect((await schemaOf(dataSource)).filter((place) => !place.startsWith('tenant.app_workflow_'))).toEqual([]);
    for (const _each of workflowMigrations) await dataSource.undoLastMigration();
    expect(await schemaOf(dataSource)).toEqual([]);
  });

  it('check names the tables that are missing, with their schema', async () => {
    const dataSource = await (await fresh()).connect({ schema: 'tenant', entityPrefix: 'app_' } as Partial<DataSourceOptions>);
    await expect(createTypeOrmStore(dataSource).open('check')).rejects.toThrow('the tables tenant.app_workflow_process, tenant.app_workflow_context, ');
  });

  it('the option `tables` moves the tables of workflows alone, also for who reads them through TypeORM', async () => {
    const database = await fresh();
    await (await database.connect({ synchronize: true, entities: [Item] })).query('insert into shop_item (id, stock) values (1, 5)');
    const app = await boot(database, { ...asleep, tables: { schema: 'workflows', entityPrefix: 'shop_' } });
    const id = await playedLedger(app);
    expect((await schemaOf(app.dataSource)).filter((place) => !place.startsWith('workflows.shop_workflow_'))).toEqual([]);
    expect(await app.dataSource.getRepository(Process).findOneBy({ id })).toMatchObject({ status: 'completed' });
    expect(await app.dataSource.getRepository(Wait).count()).toBeGreaterThanOrEqual(0);
    expect(await app.dataSource.getRepository(Item).findOneBy({ id: 1 })).toEqual({ id: 1, stock: 5 });
    expect((await app.dataSource.driver.createSchemaBuilder().log()).upQueries).toEqual([]);
    const joined = await app.dataSource.getRepository(Process).createQueryBuilder('p').innerJoin(AuditRecord, 'a', 'a.process_id = p.id').getCount();
    expect(joined).toBe(1);
  });

  it('a second start with a group id that is live is refused under any name of the table', async () => {
    const { workflows } = await boot(through(await fresh(), { schema: 'tenant', entityPrefix: 'app_' }), nobodyWorks);
    await workflows.start(Bill, {}, { groupId: 'g' });
    await expect(workflows.start(Bill, {}, { groupId: 'g' })).rejects.toMatchObject({ name: 'ProcessAlreadyLiveError' });
  });
});

for (const fresh of [mysql, async () => libsqlFile()]) {
  const database = await fresh();
  if (isThere(database)) made.push(database);
  describe.skipIf(!isThere(database))(titleOf(database), () => {
    it('two prefixes are two sets of tables, by the data source or by the option', async () => {
      const one = await boot(through(database, { entityPrefix: 'one_' }), nobodyWorks);
      const { id } = await one.workflows.start(Bill, {}, { groupId: 'same' });
      const two = await boot(database, { ...asleep, tables: { entityPrefix: 'two_' } });
      await playedLedger(two);
      await two.workflows.settled((await two.workflows.start(Bill, {}, { groupId: 'same' })).id);
      await two.engine.sweeper.sweep();
      expect(ran.splice(0)).toEqual(['same']);
      expect(await one.workflows.get(id)).toMatchObject({ status: 'running' });
      expect(await one.dataSource.getRepository(Process).count()).toBe(1);
      expect(await two.dataSource.getRepository(Process).count()).toBe(2);
      await expect(one.workflows.start(Bill, {}, { groupId: 'same' })).rejects.toMatchObject({ name: 'ProcessAlreadyLiveError' });
    });
  });
}

/* ------------------------------------------------------------- what cannot hold ---- */

class UpperCase extends DefaultNamingStrategy {
  override tableName(_target: string, given: string | undefined): string {
    return `T_${given!.toUpperCase()}`;
  }
}
class CamelColumns extends DefaultNamingStrategy {
  override columnName(property: string): string {
    return property;
  }
}
class OneTable extends DefaultNamingStrategy {
  override tableName(): string {
    return 'everything';
  }
}

async function sqliteWith(options: object): Promise<DataSource> {
  const file = libsqlFile();
  made.push(file);
  return file.connect(options as Partial<DataSourceOptions>);
}

it('a naming strategy that names tables holds', async () => {
  const dataSource = await sqliteWith({ namingStrategy: new UpperCase() });
  const store = createTypeOrmStore(dataSource);
  await store.open('migrate');
  await store.open('check');
  expect(Object.keys(await tablesOf(dataSource)).filter((name) => !name.startsWith('T_WORKFLOW_'))).toEqual([]);
  expect(await dataSource.getRepository(Process).count()).toBe(0);
  await store.close();
});

it.each<[string, object, TableOptions, string]>([
  [
    'columns that a strategy renames',
    { namingStrategy: new CamelColumns() },
    {},
    'calls the column workflow_version "workflowVersion": `columnName` must keep',
  ],
  ['one name for all tables', { namingStrategy: new OneTable(), entities: [workflowEntities[0]] }, {}, 'its naming strategy calls two tables "everything"'],
  ['a quote', { entityPrefix: `it's ` }, {}, `the name "it's workflow_process" has a quote`],
  ['a dot', {}, { entityPrefix: 'other.' }, 'the name "other.workflow_process" has a quote, a dot'],
  ['a name that is too long', {}, { entityPrefix: 'x'.repeat(40) }, 'is too long for an index'],
  [
    'a schema where there are none',
    {},
    { schema: 'tenant' },
    '`tables.schema` is for PostgreSQL, and this is better-sqlite3: leave it out, and tell applications apart by `tables.entityPrefix`',
  ],
])('refused in a sentence, whatever the mode: %s', async (_what, options, tables, sentence) => {
  const dataSource = await sqliteWith(options);
  for (const mode of ['off', 'check', 'migrate'] as const) {
    const error: unknown = await createTypeOrmStore(dataSource, 'main', tables).open(mode).catch((thrown: unknown) => thrown); // prettier-ignore
    expect(error).toBeInstanceOf(SchemaError);
    expect((error as Error).message).toContain(`The data source "main" cannot have the tables of workflows: `);
    expect((error as Error).message).toContain(sentence);
  }
  expect(Object.keys(await tablesOf(dataSource))).toEqual([]);
});
