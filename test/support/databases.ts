import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { DataSource, type DataSourceOptions } from 'typeorm';
import libsql from 'libsql';
import { workflowEntities } from '../../lib/store/typeorm/entities/workflow-entities.js';

/** A fresh database, or the reason why there is none here. */
export interface Database {
  readonly name: string;
  readonly missing: string | null;
  /** A data source of it; each call opens one more. */
  connect(more?: Partial<DataSourceOptions>): Promise<DataSource>;
  drop(): Promise<void>;
}

const postgresUrl = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const mysqlUrl = process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306';

export function postgres(): Promise<Database> {
  return onServer('PostgreSQL', { type: 'postgres', url: postgresUrl }, (server, database) => run(server, `drop database ${database} with (force)`));
}

export function mysql(): Promise<Database> {
  return onServer('MySQL', { type: 'mysql', url: mysqlUrl }, dropWithSessions);
}

export function libsqlFile(): Database {
  return onFile('SQLite (libsql)', libsql);
}

/** It may need a compiler to install, so it is no dependency: `npm i --no-save better-sqlite3`, or name its folder. */
export function betterSqliteFile(): Database {
  const from = process.env.TEST_BETTER_SQLITE3 ?? 'better-sqlite3';
  try {
    return onFile('SQLite (better-sqlite3)', createRequire(import.meta.url)(from));
  } catch {
    return { ...onFile('SQLite (better-sqlite3)', null), missing: 'the package better-sqlite3 is not installed' };
  }
}

/** Whether to run a spec; in CI nothing is left out silently. */
export function isThere({ name, missing }: Database): boolean {
  if (missing && process.env.CI && !name.includes('better-sqlite3')) throw new Error(`${name}: ${missing}`);
  return missing === null;
}

export function titleOf({ name, missing }: Database): string {
  return missing ? `${name} (left out: ${missing})` : name;
}

type Drop = (server: DataSourceOptions, database: string) => Promise<void>;

async function onServer(name: string, server: DataSourceOptions, drop: Drop): Promise<Database> {
  const database = `argonaut_${randomBytes(6).toString('hex')}`;
  const missing = await run(server, `create database ${database}`).then(() => null, reasonOf);
  const opened: DataSource[] = [];
  return {
    name,
    missing,
    connect: (more) => opening(opened, { ...server, url: withDatabase((server as { url: string }).url, database), ...more } as DataSourceOptions),
    drop: async () => {
      await closeAll(opened);
      await drop(server, database);
    },
  };
}

/** A test may leave a store open, and a server has few connections: those of this database end with it, as PostgreSQL does by itself. */
function dropWithSessions(server: DataSourceOptions, database: string): Promise<void> {
  return on(server, async (dataSource) => {
    const sessions = await dataSource.query<{ id: number }[]>('select id from information_schema.processlist where db = ?', [database]);
    for (const { id } of sessions) await dataSource.query(`kill ${id}`).catch(() => undefined); // it may have ended by itself
    await dataSource.query(`drop database ${database}`);
  });
}

function onFile(name: string, driver: unknown): Database {
  let folder: string | null = null;
  const opened: DataSource[] = [];
  return {
    name,
    missing: null,
    connect: (more) =>
      opening(opened, {
        type: 'better-sqlite3',
        database: join((folder ??= mkdtempSync(join(tmpdir(), 'argonaut-'))), 'test.db'),
        driver,
        enableWAL: true,
        ...more,
      } as DataSourceOptions),
    drop: async () => {
      await closeAll(opened);
      if (folder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function opening(opened: DataSource[], options: DataSourceOptions): Promise<DataSource> {
  const dataSource = await new DataSource({ entities: workflowEntities, ...options }).initialize();
  opened.push(dataSource);
  return dataSource;
}

async function closeAll(opened: readonly DataSource[]): Promise<void> {
  for (const dataSource of opened) if (dataSource.isInitialized) await dataSource.destroy();
}

function run(server: DataSourceOptions, sql: string): Promise<void> {
  return on(server, (dataSource) => dataSource.query(sql));
}

async function on(server: DataSourceOptions, work: (dataSource: DataSource) => Promise<unknown>): Promise<void> {
  const dataSource = await new DataSource(server).initialize();
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function withDatabase(url: string, database: string): string {
  return Object.assign(new URL(url), { pathname: `/${database}` }).toString();
}

function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  return `no server answers (${message || code || String(error)})`;
}
