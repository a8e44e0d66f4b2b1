/** The engine's own connection to a SQLite file: what it waits for, what it makes, and what it leaves when it is closed. */
import { workflowTables } from '../../lib/store/typeorm/migrations/tables.js';
import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DataSource, EntityManager } from 'typeorm';
import { openOwn } from '../../lib/store/typeorm/sqlite/native.js';
import { isLocked } from '../../lib/store/typeorm/sqlite/sqlite-errors.js';
import { SqliteProcessStore } from '../../lib/store/typeorm/sqlite/sqlite-process-store.js';
import { SqliteWriter } from '../../lib/store/typeorm/sqlite/writer.js';
import { TableNames } from '../../lib/store/typeorm/table-names.js';
import { aChange, aMessage, aStart, knownAs } from '../../lib/testing/builders.js';
import { started, stored } from '../../lib/testing/contract/commit-contract.js';
import { SchemaError } from '../../lib/values/errors.js';
import type { libsqlFile } from '../support/databases.js';
import { eachSqlite } from '../support/each-sqlite.js';

eachSqlite(suite);

function suite(make: typeof libsqlFile): void {
  let database: ReturnType<typeof libsqlFile>;
  let dataSource: DataSource;
  let store: SqliteProcessStore;
  /** Waits for 30 ms at most. */
  let hasty: SqliteProcessStore;
  beforeEach(async () => {
    database = make();
    dataSource = await database.connect();
    await dataSource.query('create table note (id text primary key)');
    store = new SqliteProcessStore(dataSource, 'default');
    await store.open('migrate');
    hasty = new SqliteProcessStore(dataSource, 'default', {}, 30);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await store.close();
    await hasty.close();
    await database.drop();
  });

  const tables = async (from: DataSource) => from.query(`select name from sqlite_master where name like 'workflow%' and type = 'table'`) as Promise<object[]>;
  const add = (manager: EntityManager, id: string) => manager.query('insert into note values (?)', [id]);
  const notes = async () => ((await dataSource.query('select id from note order by id')) as { id: string }[]).map(({ id }) => id);
  const turns = async (count = 20) => {
    for (let i = 0; i < count; i++) await turn();
  };

  /** Runs `work` while another connection holds the lock of the file. */
  async function whileLocked<T>(work: () => Promise<T>): Promise<T> {
    const other = openOwn(dataSource);
    other.exec('begin immediate');
    try {
      return await work();
    } finally {
      other.exec('rollback');
      other.close();
    }
  }

  it('waits for no lock to read, nor where there is nothing to write', async () => {
    const { id } = await started(hasty);
    await whileLocked(async () => {
      expect((await stored(hasty, id))?.id).toBe(id);
      expect(await hasty.maintenance.dueWaits(knownAs('order'), 0, 10)).toEqual([]);
      expect([await hasty.commits.commit([]), await hasty.commits.keepMessages([])]).toEqual([[], []]);
      expect(await hasty.commits.claimTasks([], { worker: 'w', now: 0, workflows: [] })).toEqual([]);
    });
  });

  it('says that another process has the file, if that takes too long', async () => {
    await whileLocked(async () => {
      await expect(hasty.commits.commit([aStart()])).rejects.toThrow('The database file was locked by another process for 30 ms.');
      await expect(hasty.maintenance.beat('w')).rejects.toThrow('was locked');
      await expect(hasty.maintenance.forgetMessages(5)).rejects.toThrow('was locked');
      await expect(hasty.maintenance.markMessage('m', ['stored'], 'discarded', null)).rejects.toThrow('was locked');
    });
    expect(await hasty.commits.commit([aStart()])).toEqual([]);
  });

  it('ends its transaction when a statement fails, and gives the error of the file', async () => {
    const refused = aStart({ process: { workflow: null as never } });
    const other = aStart();
    const rejections = await store.commits.commit([other, refused]);
    expect(rejections).toMatchObject([{ change: refused, reason: 'refused', error: { code: 'SQLITE_CONSTRAINT_NOTNULL' } }]);
    expect([await stored(store, other.process.id), await stored(store, refused.process.id)]).toEqual([other.process, null]);
    await dataSource.query('drop table workflow_audit');
    const lost = aStart();
    await expect(store.commits.commit([lost])).rejects.toThrow(/no such table: workflow_audit/);
    expect(await stored(store, lost.process.id)).toBe(null);
  });

  it('leaves out a start whose group is taken, and begins the batch once', async () => {
    const { groupId } = await started(store);
    const writes = vi.spyOn(SqliteWriter.prototype, 'write');
    const [one, taken, two] = [aStart(), aStart({ process: { groupId } }), aStart()];
    expect(await store.commits.commit([one, taken, two])).toMatchObject([{ change: taken, reason: 'exists', error: { message: /UNIQUE/ } }]);
    expect(writes).toHaveBeenCalledTimes(1);
  });

  it('gives a driver nothing that is no value', () => {
    const writer = new SqliteWriter(dataSource, new TableNames(dataSource, {}));
    expect(() => writer.all({ sql: 'select ? as a', values: [undefined] })).toThrow(TypeError);
    expect(() => writer.run({ sql: 'insert into note values (?)', values: [undefined] })).toThrow(TypeError);
    expect(writer.all({ sql: 'select ? as a', values: ['b'] })).toEqual([{ a: 'b' }]);
    expect([writer.all({ sql: 'insert into note values (?)', values: ['b'] }), writer.run({ sql: 'delete from note', values: [] })]).toEqual([[], 1]);
    writer.close();
  });

  it('prepares each statement once', async () => {
    await started(store);
    const prepared = vi.spyOn(TableNames.prototype, 'in');
    await started(store);
    expect(prepared).not.toHaveBeenCalled();
  });

  describe('a transaction', () => {
    it('has the lock of the file from its beginning on, so that it can write after it has read', async () => {
      const other = openOwn(dataSource);
      await store.commits.transaction(async (manager) => {
        let error: unknown;
        try {
          other.exec('begin immediate');
        } catch (thrown) {
          error = thrown;
        }
        expect(isLocked(error)).toBe(true);
        await add(manager, 'written');
      });
      other.close();
      expect(await notes()).toEqual(['written']);
    });

    it('waits for one of the application, also for one that has only just been asked for', async () => {
      const [began, end] = [signal<void>(), signal<void>()];
      const theirs = dataSource.transaction(async (manager) => {
        await add(manager, 'theirs');
        began.resolve();
        await end.promise;
        throw new Error('rolled back');
      });
      theirs.catch(() => {});
      let isInside = false;
      const ours = store.commits.transaction(async (manager) => {
        isInside = true;
        await add(manager, 'ours');
      });
      await began.promise;
      await turns();
      expect(isInside).toBe(false);
      end.resolve();
      await expect(theirs).rejects.toThrow('rolled back');
      await ours;
      expect(await notes()).toEqual(['ours']);
    });

    it('of the application is waited for by what writes, and not by what reads', async () => {
      const message = aMessage();
      const process = await started(store);
      const [began, end] = [signal<void>(), signal<void>()];
      const theirs = dataSource.transaction(async (manager) => {
        await add(manager, 'theirs');
        began.resolve();
        await end.promise;
      });
      await began.promise;
      expect(await stored(store, process.id)).toEqual(process);
      const written: string[] = [];
      const writing = [store.maintenance.beat('w'), store.commits.keepMessages([message]), store.commits.commit([aChange(process)])];
      for (const each of writing) void each.then(() => written.push('one'));
      await turns();
      expect(written).toEqual([]);
      end.resolve();
      await Promise.all([theirs, ...writing]);
      expect(await notes()).toEqual(['theirs']);
    });
  });

  describe('closing', () => {
    it('leaves no connection, and refuses what comes later', async () => {
      const { id } = await started(store);
      const { sqlite } = dataSource.driver as unknown as { sqlite: { prototype: { close: () => void } } };
      const closed = vi.spyOn(sqlite.prototype, 'close');
      await store.close();
      expect(closed).toHaveBeenCalledTimes(1);
      await expect(store.commits.commit([aStart()])).rejects.toThrow('The database is closed.');
      await expect(stored(store, id)).rejects.toThrow('The database is closed.');
    });

    it('of the data source refuses what comes later', async () => {
      await dataSource.destroy();
      await expect(store.commits.commit([aStart()])).rejects.toThrow('The database is closed.');
    });

    it('rolls back a transaction that hangs, and says so', async () => {
      const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
      const [began, end] = [signal<void>(), signal<void>()];
      const hanging = hasty.commits.transaction(async (manager) => {
        await add(manager, 'hanging');
        began.resolve();
        await end.promise;
      });
      hanging.catch(() => {});
      await began.promise;
      await hasty.close();
      expect(warn.mock.calls).toEqual([
        ['A transactional step still holds its transaction after 30 ms: it is rolled back, because the application closes, and the step will run again.'],
      ]);
      const other = openOwn(dataSource);
      other.exec('begin immediate');
      other.exec('rollback');
      other.close();
      expect(await notes()).toEqual([]);
      end.resolve();
      await expect(hanging).rejects.toThrow();
    });

    it('waits for a transaction that ends', async () => {
      const warn = vi.spyOn(Logger.prototype, 'warn');
      const [began, end] = [signal<void>(), signal<void>()];
      const ours = store.commits.transaction(async (manager) => {
        await add(manager, 'ours');
        began.resolve();
        await end.promise;
      });
      await began.promise;
      let isClosed = false;
      const closing = store.close().then(() => (isClosed = true));
      await turns();
      expect(isClosed).toBe(false);
      end.resolve();
      await Promise.all([ours, closing]);
      expect([await notes(), warn.mock.calls]).toEqual([['ours'], []]);
    });
  });

  describe('the tables', () => {
    let empty: DataSource;
    beforeEach(async () => {
      empty = await database.connect({ database: `${(dataSource.options as { database: string }).database}.empty` });
    });
    const opened = (given = {}) => new SqliteProcessStore(empty, 'main', given);

    it('are missed by a check, which makes none', async () => {
      await expect(opened().open('check')).rejects.toThrow(SchemaError);
      await opened().open('off');
      expect(await tables(empty)).toEqual([]);
    });

    it('are made by a migration, and then there for a check', async () => {
      const [first, second] = [opened(), opened()];
      await first.open('migrate');
      await second.open('check');
      expect(await tables(empty)).toHaveLength(workflowTables.length);
      await first.close();
      await second.close();
    });

    it('are not made where one of their names cannot hold', async () => {
      await expect(opened({ entityPrefix: 'a"b' }).open('migrate')).rejects.toThrow(SchemaError);
      expect(await empty.query('select name from sqlite_master')).toEqual([]);
    });

    it('are looked at after a migration that could not make them as they have to be', async () => {
      await empty.query('create table workflow_worker (id text primary key)');
      await expect(opened().open('migrate')).rejects.toThrow(/the column workflow_worker\.seen_at is missing/);
    });
  });
}

/** `Promise.withResolvers` of later Nodes. */
function signal<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((yes) => (resolve = yes));
  return { promise, resolve };
}
