import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DataSource, EntityManager } from 'typeorm';
import { SqliteProcessStore } from '../../lib/store/typeorm/sqlite/sqlite-process-store.js';
import { aChange, aStart } from '../../lib/testing/builders.js';
import { started, stored } from '../../lib/testing/contract/commit-contract.js';
import type { libsqlFile } from '../support/databases.js';
import { eachSqlite } from '../support/each-sqlite.js';

eachSqlite(suite);

function suite(make: typeof libsqlFile): void {
  let database: ReturnType<typeof libsqlFile>;
  let dataSource: DataSource;
  let store: SqliteProcessStore;
  beforeEach(async () => {
    database = make();
    dataSource = await database.connect();
    await dataSource.query('create table note (id text primary key)');
    store = new SqliteProcessStore(dataSource, 'default');
    await store.open('migrate');
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const add = (manager: EntityManager, id: string) => manager.query('insert into note values (?)', [id]);
  const notes = async () => ((await dataSource.query('select id from note order by id')) as { id: string }[]).map(({ id }) => id);

  /** A transaction that stays open until told how to end. */
  function opened(id: string): { ready: Promise<void>; end: (how: 'commit' | 'rollback') => void; over: Promise<unknown> } {
    const ready = signal<void>();
    const ending = signal<string>();
    const over = dataSource.transaction(async (manager) => {
      await add(manager, id);
      ready.resolve();
      if ((await ending.promise) === 'rollback') throw new Error('rolled back');
    });
    return { ready: ready.promise, end: ending.resolve, over: over.catch((error: Error) => error.message) };
  }

  it('(the exposure of applications) work on the shared runner of TypeORM goes with the transaction of somebody else', async () => {
    const first = opened('first');
    await first.ready;
    await dataSource.transaction((manager) => add(manager, 'second')); // acknowledged
    await add(dataSource.manager, 'plain'); // acknowledged
    first.end('rollback');
    await first.over;
    expect(await notes()).toEqual([]);
  });

  it('nothing of the engine goes with transactions of the application that are rolled back', async () => {
    const starts = Array.from({ length: 60 }, () => aStart());
    const committed = starts.map((change) => store.commits.commit([change]));
    for (let round = 0; round < 20; round++) {
      const open = opened(`note ${round}`);
      await open.ready;
      committed.push(store.commits.commit([aStart()]));
      await turn();
      open.end('rollback');
      await open.over;
    }
    expect((await Promise.all(committed)).flat()).toEqual([]);
    expect(await notes()).toEqual([]);
    for (const { process } of starts) expect(await stored(store, process.id)).toEqual(process);
  });

  it('a transaction that reads first can still write: the engine lets it finish', async () => {
    const process = await started(store);
    let done = false;
    const committing = signal<unknown>();
    await dataSource.transaction(async (manager) => {
      await manager.query('select * from note');
      void store.commits.commit([aChange(process)]).then((rejections) => {
        done = true;
        committing.resolve(rejections);
      }, committing.reject);
      for (let turns = 0; turns < 20; turns++) await turn();
      expect(done).toBe(false);
      await add(manager, 'written');
    });
    expect(await committing.promise).toEqual([]);
    expect(await notes()).toEqual(['written']);
    expect((await stored(store, process.id))?.revision).toBe(2);
  });

  it('says what to do when a transaction waits for the engine that waits for it', async () => {
    const hasty = new SqliteProcessStore(dataSource, 'default', {}, 30);
    await dataSource.transaction(async () => {
      const error = await Promise.race([
        hasty.commits.commit([aStart()]).catch((thrown: Error) => thrown.message),
        pause(5000, 'it waits for ever', { ref: false }),
      ]);
      expect(error).toMatch(/A transaction of the application stayed open for 30 ms.*`manager`/);
    });
    expect(await hasty.commits.commit([aStart()])).toEqual([]);
    await hasty.close();
  });

  it('waits for another connection that writes, without stopping the event loop', async () => {
    const other = await database.connect();
    const runner = other.createQueryRunner();
    await runner.query('begin immediate');
    const process = aStart();
    const committing = store.commits.commit([process]);
    for (let turns = 0; turns < 10; turns++) await turn();
    await runner.query('commit');
    expect(await committing).toEqual([]);
    expect(await stored(store, process.process.id)).toEqual(process.process);
  });

  it('works in memory, on the one connection there is', async () => {
    const memory = await database.connect({ database: ':memory:' });
    const inMemory = new SqliteProcessStore(memory, 'default');
    await inMemory.open('migrate');
    const process = await started(inMemory);
    expect(await inMemory.commits.commit([aChange(process)])).toEqual([]);
    expect((await stored(inMemory, process.id))?.revision).toBe(2);
    await inMemory.close();
    expect(await memory.query('select count(*) as n from workflow_process')).toEqual([{ n: 1 }]);
  });
}

/** `Promise.withResolvers` of later Nodes. */
function signal<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
