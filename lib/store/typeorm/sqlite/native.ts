import type { DataSource } from 'typeorm';
import { fileOfModule } from '../connections/loaded-module.js';
import type { ThreadClient } from '../typeorm-maintenance.js';

/** What better-sqlite3 and libsql have in common. */
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
  /** The package, as TypeORM loaded it or was given it: we never import it ourselves. */
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

/** Nobody else can open it: it lives in its one connection. */
export function isInMemory(dataSource: DataSource): boolean {
  const { database } = driverOf(dataSource).options;
  return database === '' || database.includes(':memory:') || database.includes('mode=memory');
}

/** Durable at each commit; with a larger log and cache than usual, as many rows change in one. */
const settings = ['busy_timeout = 0', 'journal_mode = WAL', 'synchronous = FULL', 'wal_autocheckpoint = 8000', 'cache_size = -32000'];

/** A connection of our own, that never waits inside SQLite: that would stop the event loop, and with it whoever holds the lock. */
export function openOwn(dataSource: DataSource): NativeDatabase {
  const { sqlite, options } = driverOf(dataSource);
  const database = new sqlite(options.database, { timeout: 0, nativeBinding: options.nativeBinding ?? null });
  try {
    if (options.key) database.pragma(`key = ${JSON.stringify(options.key)}`);
    for (const setting of settings) database.pragma(setting);
    return database;
  } catch (error) {
    database.close(); // busy: somebody else is just turning the log on
    throw error;
  }
}

/** A thread may wait inside SQLite: nobody else runs in it. */
const PATIENCE_MS = 5000;

/** How a thread opens the file. */
export function threadClient(dataSource: DataSource): ThreadClient | null {
  const { sqlite, options } = driverOf(dataSource);
  const module = isInMemory(dataSource) ? null : fileOfModule(sqlite);
  const { database, key, nativeBinding = null } = options;
  return module === null ? null : { client: 'sqlite', module, options: { database, key, nativeBinding, timeout: PATIENCE_MS } };
}

export function isLocked(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (typeof code === 'string' && code.startsWith('SQLITE_BUSY')) || (typeof message === 'string' && message.includes('database is locked'));
}

export function isKeyTaken(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || (typeof message === 'string' && message.includes('UNIQUE constraint'))
  );
}
