import 'reflect-metadata';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataSource, Entity, ManyToOne, PrimaryColumn } from 'typeorm';
import { Process, Step, Workflow, workflowEntities, workflowMigrations, type WorkflowModuleOptions } from '../../lib/index.js';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import { workflowTables } from '../../lib/store/typeorm/migrations/tables.js';
import { started } from '../../lib/testing/contract/commit-contract.js';
import { bootApp, type TestApp } from '../support/app.js';
import { type Database, isThere, libsqlFile, mysql, postgres, titleOf } from '../support/databases.js';
import { tablesOf } from '../support/described-tables.js';
import { Item } from '../support/item.entity.js';

@Workflow({ name: 'count', context: class {
  total = 0;
} }) // prettier-ignore
class CountWorkflow {
  @Step() count() {
    return { total: 1 };
  }
}

@Entity('shop_note')
class Note {
  @PrimaryColumn({ type: 'int' })
  id: number;

  @ManyToOne(() => Process)
  process: Process;
}

/** What `typeorm migration:generate` would write. */
async function generated(dataSource: DataSource): Promise<string[]> {
  const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
  return [...upQueries, ...downQueries].map(({ query }) => query);
}

/** Whatever connects to the database, TypeORM synchronizes. */
const synchronizing = (database: Database): Database => ({ ...database, connect: (more) => database.connect({ ...more, synchronize: true }) });

const made: Database[] = [];
afterAll(async () => {
  for (const each of made.splice(0)) await each.drop();
});
for (const fresh of [postgres, mysql, async () => libsqlFile()]) {
  const first = await fresh();
  describe.skipIf(!isThere(first))(titleOf(first), () => synchronization(fresh));
  if (isThere(first)) made.push(first);
}

function synchronization(fresh: () => Promise<Database>): void {
  let database: Database;
  const apps: TestApp[] = [];
  beforeEach(async () => {
    database = await fresh();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    for (const each of [database, ...made.splice(0)]) await each.drop();
  });

  const boot = async (on: Database, options: WorkflowModuleOptions): Promise<TestApp> => {
    const app = await bootApp(on, 'database', { options, providers: [CountWorkflow] });
    apps.push(app);
    return app;
  };
  const runsOne = async ({ workflows }: TestApp) => {
    const { id } = await workflows.start(CountWorkflow, {});
    return workflows.settled(id);
  };
  const migrated = async (): Promise<DataSource> => {
    const dataSource = await database.connect();
    await createTypeOrmStore(dataSource).open('migrate');
    return dataSource;
  };

  it('a generated migration holds nothing of the engine', async () => {
    expect(await generated(await migrated())).toEqual([]);
  });

  it('a generated migration holds the tables of the application alone', async () => {
    await migrated();
    const statements = await generated(await database.connect({ entities: [...workflowEntities, Item] }));
    expect(statements).toHaveLength(2);
    for (const statement of statements) expect(statement).toMatch(/^(create|drop) table .shop_item./i);
  });

  it('a generated migration on an empty database leaves the tables of the engine to its own migrations', async () => {
    expect(await generated(await database.connect({ migrations: workflowMigrations }))).toEqual([]);
  });

  it('synchronize after migrate changes nothing, and a process runs to the end', async () => {
    const before = await tablesOf(await migrated());
    const app = await boot(synchronizing(database), { schema: 'migrate' });
    expect(await runsOne(app)).toMatchObject({ status: 'completed' });
    expect(await tablesOf(app.dataSource)).toEqual(before);
    expect(await generated(app.dataSource)).toEqual([]);
  });

  it.each(['check', 'migrate'] as const)('synchronize on an empty database has the tables made at boot, with schema %s', async (schema) => {
    const app = await boot(synchronizing(database), { schema });
    expect(await runsOne(app)).toMatchObject({ status: 'completed' });
    const reference = await fresh();
    made.push(reference);
    const dataSource = await reference.connect();
    await createTypeOrmStore(dataSource).open('migrate');
    expect(await tablesOf(app.dataSource)).toEqual(await tablesOf(dataSource));
  });

  it('migrate after synchronize keeps what is there', async () => {
    const first = await boot(synchronizing(database), { schema: 'check' });
    const { id } = await runsOne(first);
    await first.stop();
    const second = await boot(database, { schema: 'migrate' });
    expect(await second.workflows.get(id)).toMatchObject({ status: 'completed', context: { total: 1 } });
    const dataSource = await database.connect({ migrations: workflowMigrations });
    expect(await dataSource.runMigrations()).toHaveLength(workflowMigrations.length);
    expect(await second.workflows.get(id)).toMatchObject({ status: 'completed', context: { total: 1 } });
  });

  it('synchronize makes no tables where the schema is off', async () => {
    const store = createTypeOrmStore(await database.connect({ synchronize: true }));
    await store.open('off');
    await store.close();
    expect(Object.keys(await tablesOf(await database.connect()))).toEqual([]);
  });

  it('migrationsRun makes the tables before synchronize makes an entity of the application that points at a process', async () => {
    const plain = await database.connect({ entities: [] });
    if (plain.options.type === 'mysql') await plain.query('alter database collate utf8mb4_bin'); // the column takes the collation of the database
    const options = { entities: [...workflowEntities, Note], migrations: workflowMigrations, migrationsRun: true, synchronize: true };
    const dataSource = await database.connect(options);
    expect(Object.keys(await tablesOf(dataSource)).sort()).toEqual([...workflowTables].sort());
    const process = await started(createTypeOrmStore(dataSource));
    await dataSource.manager.save(Note, { id: 1, process: { id: process.id } });
    expect(await dataSource.manager.findOne(Note, { where: { id: 1 }, relations: { process: true } })).toMatchObject({ process: { id: process.id } });
    await expect(dataSource.manager.save(Note, { id: 2, process: { id: 'nobody' } })).rejects.toThrow(/foreign key/i);
  });
}

const usualNames = ['Process', 'ProcessContext', 'AuditRecord', 'Wait', 'InboxMessage', 'OutboxMessage', 'Message', 'Worker', 'QueueRate', 'Definition'];

it.each(usualNames)('an entity of the application may be called %s, and a relation finds it by its name', async (name) => {
  const { [name]: Named } = { [name]: class {} } as Record<string, new () => object>;
  class Owner {}
  for (const entity of [Named!, Owner]) {
    Entity(`shop_${entity.name}`)(entity);
    PrimaryColumn({ type: 'int' })(entity.prototype, 'id');
  }
  ManyToOne(name)(Owner.prototype, 'named');
  const file = libsqlFile();
  made.push(file);
  const dataSource = await file.connect({ entities: [...workflowEntities, Named!, Owner] });
  expect(dataSource.getMetadata(Owner).relations[0]!.inverseEntityMetadata.target).toBe(Named);
});
