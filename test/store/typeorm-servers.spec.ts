import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Change } from '../../lib/core/change.js';
import { createTypeOrmStore } from '../../lib/store/typeorm/create-store.js';
import type { ProcessStore } from '../../lib/store/process-store.js';
import { aChange, aMessage, aStart, aWait } from '../../lib/testing/builders.js';
import { started, stored } from '../../lib/testing/contract/commit-contract.js';
import { type Database, isThere, mysql, postgres, titleOf } from '../support/databases.js';

const sessions = {
  postgres: {
    own: 'select pg_backend_pid() as id',
    all: 'select pid as id from pg_stat_activity where datname = current_database()',
    kill: (id: string) => `select pg_terminate_backend(${id})`,
  },
  mysql: {
    own: 'select connection_id() as id',
    all: 'select id from information_schema.processlist where db = database()',
    kill: (id: string) => `kill ${id}`,
  },
};

/** All but the one that does it, and those that are spared. */
async function killOthers(dataSource: DataSource, ...spared: readonly QueryRunner[]): Promise<void> {
  const { own, all, kill } = sessions[dataSource.options.type as keyof typeof sessions];
  const ours = dataSource.createQueryRunner();
  const idsFrom = async (runner: QueryRunner, sql: string) => ((await runner.query(sql)) as { id: number | string }[]).map(({ id }) => String(id));
  const kept = (await Promise.all([ours, ...spared].map((runner) => idsFrom(runner, own)))).flat();
  for (const id of await idsFrom(ours, all)) if (!kept.includes(id)) await ours.query(kill(id)).catch(() => {}); // it may be gone already
  await ours.release();
}

for (const database of [await postgres(), await mysql()]) {
  describe.skipIf(!isThere(database))(titleOf(database), () => onServer(database));
}

function onServer(database: Database): void {
  let dataSource: DataSource;
  let store: ProcessStore<EntityManager>;
  beforeAll(async () => {
    dataSource = await database.connect();
    store = createTypeOrmStore(dataSource);
    await store.open('migrate');
  });
  afterAll(async () => {
    await store?.close();
    await database.drop();
  });

  const rejected = async (changes: readonly Change[]) => (await store.commits.commit(changes)).map(({ change, reason }) => [change.process.id, reason]);

  it('leaves out only what the database refuses', async () => {
    const processes = await Promise.all(Array.from({ length: 9 }, () => started(store)));
    const changes = processes.map((process, index) => aChange(process, { waits: { put: [aWait({ address: 'x'.repeat(index === 5 ? 600 : 10) })] } }));
    expect(await rejected(changes)).toEqual([[processes[5]!.id, 'refused']]);
    const revisions = await Promise.all(processes.map(async ({ id }) => (await stored(store, id))?.revision));
    expect(revisions).toEqual([2, 2, 2, 2, 2, 1, 2, 2, 2]);
  });

  it('does not wait long for a row that an open transaction holds', async () => {
    const processes = await Promise.all([started(store), started(store), started(store)]);
    await dataSource.transaction(async (manager) => {
      await store.commits.commitWithin(manager, aChange(processes[1]!));
      expect(await rejected(processes.map((process) => aChange(process)))).toEqual([[processes[1]!.id, 'stale']]);
    });
    for (const { id } of processes) expect((await stored(store, id))?.revision).toBe(2);
  });

  it('takes no connection of the pool: one that is held by the application for ever keeps nothing waiting', async () => {
    const small = await database.connect({ poolSize: 1 } as object);
    const another = createTypeOrmStore(small);
    await another.open('check');
    await small.transaction(async () => {
      const process = await started(another, { messages: [aMessage()] });
      expect(await another.commits.commit([aChange(process)])).toEqual([]);
      expect((await another.queries.recordsOf(process.id)).length).toBe(2);
      expect(await another.maintenance.beat('w')).toBeGreaterThan(0);
    });
    await another.close();
  });

  it('goes on after its connections broke', async () => {
    const process = await started(store);
    const other = await database.connect();
    await killOthers(other);
    for (let tries = 0; tries < 20; tries++) {
      const outcome = await store.commits.commit([aChange(process)]).catch(() => null);
      if (outcome) break;
    }
    await expect.poll(async () => (await stored(store, process.id).catch(() => null))?.revision).toBe(2);
  });

  it('goes on after its connections broke while they were keeping a message', async () => {
    const [message, other] = [aMessage(), await database.connect()];
    const runner = other.createQueryRunner();
    await runner.startTransaction();
    await store.commits.keepMessages([message], runner.manager); // whoever keeps it too has to wait
    const waits = store.commits.keepMessages([message]).then(() => 'kept', () => 'broke'); // prettier-ignore
    const isBroken = async () => {
      await killOthers(other, runner);
      return Promise.race([waits, new Promise((resolve) => setTimeout(resolve, 20, 'waits'))]);
    };
    await expect.poll(isBroken).toBe('broke');
    await runner.rollbackTransaction();
    await runner.release();
    expect(await store.commits.keepMessages([message])).toEqual([]);
  });

  it('goes on after a migration gave its tables another column', async () => {
    const process = await started(store, { waits: { put: [aWait({ address: 'r:after' })] } });
    await store.commits.waitsAt(['r:after']);
    for (const table of ['workflow_process', 'workflow_wait']) await dataSource.query(`alter table ${table} add column later int`);
    await expect.poll(() => stored(store, process.id).catch(() => null)).toEqual(process);
    await expect.poll(async () => (await store.commits.waitsAt(['r:after']).catch(() => [])).length).toBe(1);
    for (const table of ['workflow_process', 'workflow_wait']) await dataSource.query(`alter table ${table} drop column later`);
    await expect.poll(() => store.commits.commit([aChange(process)]).catch(() => null)).toEqual([]);
  });

  it('commits a batch of starts, steps and ends in one go', async () => {
    const processes = await Promise.all(Array.from({ length: 30 }, () => started(store, { waits: { put: [aWait({ key: '0' }), aWait({ key: '1' })] } })));
    const changes = processes.map((process, index) => aChange(process, { waits: { clear: index % 3 === 0, delete: index % 3 === 1 ? ['0'] : [] } }));
    expect(await rejected([...changes, ...Array.from({ length: 30 }, () => aStart())])).toEqual([]);
    const left = await Promise.all(processes.map(async ({ id }) => (await store.queries.waitsOf(id)).length));
    expect(left.slice(0, 6)).toEqual([0, 1, 2, 0, 1, 2]);
  });
}
