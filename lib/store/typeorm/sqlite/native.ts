import type { DataSource } from 'typeorm';
import { fileOfModule } from '../connections/loaded-module.js';
import type { ThreadClient } from '../typeorm-maintenance.js';

/** The parts that better-sqlite3 and libsql have in common. */
export interface NativeStatement {
  readonly reader: boolean;
  run(values: readonly unknown[]): { readonly changes: number };
  all(values: readonly unknown[]): unknown[];
}

export interface NativeDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): NativeStatement;
  exec(sql: string): unknown;
  pragma(source: string): unknown;
  close(): unknown;
}

type Constructor = new (path: string, options: { timeout: number; nativeBinding?: string | null }) => NativeDatabase;

interface Driver {
  /** The package that TypeORM loaded or was given. We never import it ourselves. */
  readonly sqlite: Constructor;
  readonly databaseConnection: NativeDatabase;
  readonly options: { readonly database: string; readonly key?: string; readonly nativeBinding?: string | null };
}

function driverOf(dataSource: DataSource): Driver {
  return dataSource.driver as unknown as Driver;
}

/** The connection of the application: all of TypeORM's work on this data source. */
export function connectionOf(dataSource: DataSource): NativeDatabase {
  return driverOf(dataSource).databaseConnection;
}

/** Whether the database is in memory: it lives in its one connection, and no other can open it. */
export function isInMemory(dataSource: DataSource): boolean {
  const { database } = driverOf(dataSource).options;
  return database === '' || database.includes(':memory:') || database.includes('mode=memory');
}

/** Durable at each commit. The log and the cache are larger than usual, because many rows change in one commit. */
const settings = ['busy_timeout = 0', 'journal_mode = WAL', 'synchronous = FULL', 'wal_autocheckpoint = 8000', 'cache_size = -32000'];

/** A connection of our own that never waits inside SQLite: that would stop the event loop, and with it the code that holds the lock. */
export function openOwn(dataSource: DataSource): NativeDatabase {
  const { sqlite, options } = driverOf(dataSource);
  const database = new sqlite(options.database, { timeout: 0, nativeBinding: options.nativeBinding ?? null });
  try {
    if (options.key) database.pragma(`key = ${JSON.stringify(options.key)}`);
    for (const setting of settings) database.pragma(setting);
    return database;
  } catch (error) {
    database.close(); // busy: another connection is just turning the log on
    throw error;
  }
}

/** A thread may wait inside SQLite, because nothing else runs in it. */
const PATIENCE_MS = 5000;

/** The connection for a thread. Null: not possible. */
export function threadClient(dataSource: DataSource): ThreadClient | null {
  const { sqlite, options } = driverOf(dataSource);
  const module = isInMemory(dataSource) ? null : fileOfModule(sqlite);
  const { database, key, nativeBinding = null } = options;
  return module === null ? null : { client: 'sqlite', module, options: { database, key, nativeBinding, timeout: PATIENCE_MS } };
}
