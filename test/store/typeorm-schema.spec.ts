import type { StepToken } from '../../lib/core/token.js';
import { afterAll, describe, expect, it } from 'vitest';
import { type DataSource } from 'typeorm';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import { AuditRecord, Process, ProcessContext, Wait } from '../../lib/index.js';
import { workflowMigrations, WorkflowTables1764000000000 } from '../../lib/store/typeorm/migrations/workflow-migrations.js';
import { workflowTables } from '../../lib/store/typeorm/migrations/tables.js';
import { aChange, aMessage, aWait } from '../../lib/testing/builders.js';
import { started, stored } from '../../lib/testing/contract/commit-contract.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';
import { entitiesOf, tablesOf } from '../support/described-tables.js';

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
    expect((await dataSource.runMigrations()).length).toBe(workflowMigrations.length);
    const store = createTypeOrmStore(dataSource);
    await store.open('migrate');
    await store.open('check');
    expect(await dataSource.showMigrations()).toBe(false);
    await store.close();
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow('the column workflow_worker.report is missing');
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow('the table workflow_bulk is missing; the table workflow_bulk_item is missing');
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow('the table workflow_pause is missing');
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow('the table workflow_search is missing');
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow('the index workflow_process_finished is missing');
    const again = createTypeOrmStore(dataSource);
    await again.open('migrate'); // an index alone is made, too
    await again.open('check');
    await again.close();
    for (const table of ['search', 'pause', 'bulk', 'bulk_item']) await dataSource.query(`drop table workflow_${table}`); // they were made again
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow(/the tables? .*workflow_outbox.* (is|are) missing/);
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow(/the column workflow_process\.secret is missing/);
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow(/the column workflow_process\.parent_bond is missing.*workflow_definition/);
    await dataSource.undoLastMigration();
    await expect(store.open('check')).rejects.toThrow(/the tables workflow_process, .* are missing\. Add `\.\.\.workflowMigrations`/);
  });

  it('made by the first version goes on with a process that lives', async () => {
    const database = await another();
    const dataSource = await database.connect({ migrations: workflowMigrations });
    const runner = dataSource.createQueryRunner();
    await new WorkflowTables1764000000000().up(runner);
    for (const sql of firstProcess) await runner.query(sql);
    if (dataSource.options.type !== 'better-sqlite3') await runner.release();
    const store = createTypeOrmStore(dataSource);
    const error = (await store.open('check').catch((error: unknown) => error)) as Error;
    for (const missing of ['workflow_process.parent_bond', 'workflow_context.undo_mark', 'workflow_wait.from_at', 'workflow_definition', 'migration:run'])
      expect(error.message).toContain(missing);
    for (let times = 0; times < 2; times++) await store.open('migrate');
    expect((await dataSource.runMigrations()).length).toBe(workflowMigrations.length);
    await store.open('check');

    const [loaded] = await store.commits.load([{ id: 'p1', waits: ['0'], messages: ['m1'], context: true }]);
    expect(loaded).toMatchObject({ process: { id: 'p1', parent: null, revision: 2 }, context: { total: 7 } });
    expect(loaded?.waits).toEqual([aWait({ key: '0', node: 'pay', kind: 'response', address: 'r:p1.1' })]);
    expect(loaded?.messages).toEqual([aMessage({ id: 'm1', address: 'e:x', receivedAt: 1500, effectiveAt: 1500 })]);
    const next = aChange(loaded!.process, { waits: { kill: ['0'], put: [aWait({ key: `0/${'9'.repeat(400)}`, from: 3 })] } });
    expect(await store.commits.commit([next])).toEqual([]);
    expect((await store.queries.waitsOf('p1')).map(({ token }) => (token as StepToken).from)).toEqual([undefined, 3]);
    await store.close();
  });

  it('is what the entities say', async () => {
    const dataSource = await (await another()).connect();
    await createTypeOrmStore(dataSource).open('migrate');
    expect(await tablesOf(dataSource)).toEqual(entitiesOf(dataSource));
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
    const dataSource = await (await another()).connect();
    for (const entity of dataSource.entityMetadatas) entity.synchronize = true; // as it was
    await dataSource.synchronize();
    const store = createTypeOrmStore(dataSource);
    if (dataSource.options.type === 'mysql') {
      await expect(store.open('migrate')).rejects.toThrow(/workflow_context\.patch is a text of 64 kB and must be longtext/);
      return;
    }
    for (const schema of ['check', 'migrate'] as const) await store.open(schema);
    const process = await started(store, { waits: { put: [aWait()] } });
    expect(await stored(store, process.id)).toEqual(process);
    await store.close();
  });
}

/** As the first version wrote them. */
const firstProcess = [
  `insert into workflow_process (id, workflow, workflow_version, group_id, group_key, live, status, revision, context_version, snapshot_version, runs, root,
    worker, claim, tokens, cause, parent_id, started_at, finished_at, updated_at)
    values ('p1', 'order', 1, 'g', 'k', 0, 'waiting', 2, 1, 1, 1, 0, null, 1, '[]', null, null, 1000, null, 1000)`,
  `insert into workflow_context (process_id, version, step, patch, removed, snapshot, moves, created_at)
    values ('p1', 1, '', '{"total":7}', null, '{"total":7}', '[["0","pay"]]', 1000)`,
  `insert into workflow_wait (process_id, token_key, step, run, kind, address, due_at, queue, ready_at, worker, claim, attempt, since, token)
    values ('p1', '0', 'pay', 1, 'response', 'r:p1.1', null, null, null, null, 0, 1, 1000, '{"does":"run"}')`,
  `insert into workflow_inbox (id, address, process_id, disposition, body, digest, received_at)
    values ('m1', 'e:x', null, 'stored', '{"ok":true}', 'd', 1500)`,
];

it('refuses a type of data source it does not know', () => {
  const dataSource = { options: { type: 'mongodb' } } as unknown as DataSource;
  expect(() => createTypeOrmStore(dataSource, 'main')).toThrow('The data source "main" is of type "mongodb"');
});
