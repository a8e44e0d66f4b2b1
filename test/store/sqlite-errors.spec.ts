/** What an error of SQLite means, from errors that SQLite has made. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataSource } from 'typeorm';
import { openOwn, type NativeDatabase } from '../../lib/store/typeorm/sqlite/native.js';
import { classifyError, isKeyTaken, isLocked } from '../../lib/store/typeorm/sqlite/sqlite-errors.js';
import type { libsqlFile } from '../support/databases.js';
import { eachSqlite } from '../support/each-sqlite.js';

eachSqlite(suite);

function suite(make: typeof libsqlFile): void {
  let file: ReturnType<typeof libsqlFile>;
  let dataSource: DataSource;
  let database: NativeDatabase;
  beforeEach(async () => {
    file = make();
    dataSource = await file.connect();
    await dataSource.query('create table note (id text primary key, text text not null, size integer check (size > 0))');
    await dataSource.query(`insert into note values ('one', 'a', 1)`);
    database = openOwn(dataSource);
  });
  afterEach(async () => {
    database.close();
    await file.drop();
  });

  const errorOf = (...sqls: string[]) => thrownBy(() => sqls.forEach((sql) => database.exec(sql)));

  it('a key that is taken', () => {
    for (const sql of [`insert into note values ('one', 'b', 1)`, `insert into note select 'one', 'b', 1`]) {
      expect([classifyError(errorOf(sql)), isKeyTaken(errorOf(sql)), isLocked(errorOf(sql))]).toEqual(['exists', true, false]);
    }
    expect(classifyError(errorOf('create unique index text on note (text)', `insert into note values ('two', 'a', 1)`))).toBe('exists');
  });

  it('a value that cannot be stored', () => {
    for (const values of [`'two', null, 1`, `'two', 'a', 0`]) {
      const error = errorOf(`insert into note values (${values})`);
      expect([classifyError(error), isKeyTaken(error)]).toEqual(['data', false]);
    }
    expect(classifyError(errorOf(`insert into note values ('two', zeroblob(2000000000), 1)`))).toBe('data');
  });

  it('a file that another connection has locked', () => {
    const other = openOwn(dataSource);
    other.exec('begin immediate');
    const error = errorOf('begin immediate');
    expect([classifyError(error), isLocked(error), isKeyTaken(error)]).toEqual(['unavailable', true, false]);
    other.exec('rollback');
    other.close();
  });

  it('a file that is full, or takes no writes', () => {
    database.pragma('query_only = 1');
    expect(classifyError(errorOf(`insert into note values ('two', 'b', 1)`))).toBe('unavailable');
    database.pragma('query_only = 0');
    database.pragma('max_page_count = 3');
    expect(classifyError(errorOf(`insert into note values ('two', '${'x'.repeat(100_000)}', 1)`))).toBe('unavailable');
  });

  it('a file that is not there', () => {
    const { sqlite } = dataSource.driver as unknown as { sqlite: unknown };
    const elsewhere = { driver: { sqlite, options: { database: '/none/there.db' } } };
    expect(classifyError(thrownBy(() => openOwn(elsewhere as never)))).toBe('unavailable');
  });

  it('a mistake', () => {
    for (const sql of ['select * from nothing', 'no sql']) expect(classifyError(errorOf(sql))).toBe('other');
  });
}

describe('an error that is none of SQLite', () => {
  it('but for its words, where a driver gives no code', () => {
    expect([classifyError(new Error('database is locked')), isLocked(new Error('database is locked'))]).toEqual(['unavailable', true]);
    expect(classifyError(new Error('UNIQUE constraint failed: workflow_process.id'))).toBe('exists');
  });

  it.each([new Error('The database is closed.'), { code: 5 }, { code: 'ENOENT' }, { code: 'MY_SQLITE_' }, {}, undefined, null, 'text'])(
    '%o says nothing about the data',
    (error) => {
      expect([classifyError(error), isKeyTaken(error), isLocked(error)]).toEqual(['unavailable', false, false]);
    },
  );

  it.each([
    ['SQLITE_BUSY', 'unavailable'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'exists'],
    ['SQLITE_CONSTRAINT_PRIMARYKEY', 'exists'],
    ['SQLITE_CONSTRAINT_NOTNULL', 'data'],
    ['SQLITE_TOOBIG', 'data'],
    ['SQLITE_MISMATCH', 'data'],
    ['SQLITE_RANGE', 'data'],
    ['SQLITE_BUSY_SNAPSHOT', 'unavailable'],
    ['SQLITE_IOERR_FSYNC', 'unavailable'],
    ['SQLITE_FULL', 'unavailable'],
    ['SQLITE_CANTOPEN', 'unavailable'],
    ['SQLITE_INTERRUPT', 'unavailable'],
    ['SQLITE_READONLY_DBMOVED', 'unavailable'],
    ['SQLITE_ERROR', 'other'],
    ['SQLITE_CORRUPT', 'other'],
  ])('and the code %s', (code, expected) => {
    expect(classifyError(Object.assign(new Error('words'), { code }))).toBe(expected);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
