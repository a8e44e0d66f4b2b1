import { afterAll, describe, expect, it } from 'vitest';
import { type DataSource } from 'typeorm';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import { AuditRecord, Process, ProcessContext, Wait } from '../../lib/store/typeorm/entities/index.js';
import { workflowMigrations } from '../../lib/store/typeorm/migrations/index.js';
import { workflowTables } from '../../lib/store/typeorm/migrations/sql.js';
import { aWait } from '../../lib/testing/builders.js';
import { started, stored } from '../../lib/testing/contract/commit.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';

const made: Database[] = [];
const databases = [postgres, mysql, async () => libsqlFile()];
afterAll(async () => {
  for (const database of made) if (!database.missing) await database.drop();
});

for (const fresh of databases) {
  const first = await fresh();
  made.push(first);
  describe.skipIf(!isThere(first))(titleOf(first), () => schema(first, fresh));
}

function schema(empty: Database, fresh: () => Promise<Database>): void {
  const another = async () => {
    const database = await fresh();
    made.push(database);
    return database;
  };

  it('names what is missing, and the remedy', async () => {
    const store = createTypeOrmStore(await empty.connect(), 'main');
    const error = (await store.open('check').catch((error: unknown) => error)) as Error;
    for (const table of workflowTables) expect(error.message).toContain(table);
    for (const part of ['"main"', 'workflowMigrations', 'npx typeorm migration:run -d', "schema: 'migrate'"]) expect(error.message).toContain(part);
    await expect(store.open('off')).resolves.toBeUndefined();
    await store.close();
  });

  it('is made once by several that boot at the same time', async () => {
    const database = await another();
    const dataSources = [await database.connect(), await database.connect(), await database.connect()];
    const stores = dataSources.map((dataSource) => createTypeOrmStore(dataSource));
    await Promise.all(stores.map((store) => store.open('migrate')));
    for (const store of stores) await store.open('check');
    await Promise.all(stores.map((store) => store.close()));
  });

  it('is made by the migrations, and taken away by them', async () => {
    const database = await another();
    const dataSource = await database.connect({ migrations: workflowMigrations });
    expect((await dataSource.runMigrations()).length).toBe(1);
    const store = createTypeOrmStore(dataSource);
    await store.open('migrate');
    await store.open('check');
    expect(await dataSource.showMigrations()).toBe(false);
    await store.close();
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow('workflow_process is missing');
  });

  it('is what the entities say', async () => {
    const [migrated, synchronized] = [await another(), await another()];
    const mine = await migrated.connect();
    await createTypeOrmStore(mine).open('migrate');
    const theirs = await synchronized.connect({ synchronize: true });
    expect(await columnsOf(mine)).toEqual(await columnsOf(theirs));
  });

  it('is read through the entities', async () => {
    const dataSource = await (await another()).connect();
    const store = createTypeOrmStore(dataSource);
    await store.open('migrate');
    const process = await started(store, { waits: { put: [aWait({ key: '0', kind: 'timer', dueAt: 5000, state: { x: 1 } })] } });
    const found = await dataSource.manager.findOneByOrFail(Process, { workflow: 'order', groupId: process.groupId });
    expect(found).toMatchObject({ id: process.id, live: 0, startedAt: new Date(1000), finishedAt: null, tokens: process.tokens, revision: 1 });
    expect(await dataSource.manager.findOneByOrFail(ProcessContext, { processId: process.id })).toMatchObject({
      version: 1,
      patch: { total: 1 },
      removed: null,
    });
    expect(await dataSource.manager.findOneByOrFail(AuditRecord, { processId: process.id })).toMatchObject({
      sequence: 1,
      createdAt: new Date(1000),
    });
    expect(await dataSource.manager.findOneByOrFail(Wait, { processId: process.id })).toMatchObject({
      dueAt: new Date(5000),
      token: { state: { x: 1 } },
    });
    await store.close();
  });

  it('made by synchronize works, or says why not', async () => {
    const dataSource = await (await another()).connect({ synchronize: true });
    const store = createTypeOrmStore(dataSource);
    if (dataSource.options.type === 'mysql') {
      await expect(store.open('check')).rejects.toThrow(/workflow_context\.patch is a text of 64 kB and must be longtext/);
      return;
    }
    await store.open('check');
    const process = await started(store, { waits: { put: [aWait()] } });
    expect(await stored(store, process.id)).toEqual(process);
    await store.close();
  });
}

/** Name, kind and whether it may be null. */
async function columnsOf(dataSource: DataSource): Promise<Record<string, string[]>> {
  const runner = dataSource.createQueryRunner();
  const tables = await runner.getTables([...workflowTables]);
  if (dataSource.options.type !== 'better-sqlite3') await runner.release();
  const described = tables.map(({ name, columns }) => [
    name.split('.').at(-1),
    columns.map((column) => `${column.name} ${column.type.replace('longtext', 'text')}(${column.length}) ${column.isNullable} ${column.isPrimary}`).sort(),
  ]);
  return Object.fromEntries(described) as Record<string, string[]>;
}

it('refuses a type of data source it does not know', () => {
  const dataSource = { options: { type: 'mongodb' } } as unknown as DataSource;
  expect(() => createTypeOrmStore(dataSource, 'main')).toThrow('The data source "main" is of type "mongodb"');
});
