import type { DataSource } from 'typeorm';
import { fileOfModule, sendable } from '../connections/loaded-module.js';
import type { OutageLog } from '../connections/outage-log.js';
import { type ClientEvents, OwnConnection } from '../connections/own-connection.js';
import type { FoundRow } from '../states.js';
import type { TableNames } from '../table-names.js';
import type { ThreadClient } from '../typeorm-maintenance.js';
import { isBroken } from './mysql-errors.js';

type Callback = (error: unknown, result?: unknown) => void;

/** The part of a connection of `mysql2` that is used here. */
interface MysqlClient extends ClientEvents {
  connect(done: Callback): void;
  query(query: { sql: string; values: readonly unknown[]; timeout: number }, done: Callback): void;
  end(done: Callback): void;
  destroy(): void;
}

interface MysqlDriver {
  readonly mysql: { createConnection(options: object): MysqlClient };
  readonly options: { readonly replication?: { readonly master: object } };
  createConnectionOptions(options: object, credentials: object): { readonly connectTimeout?: number };
}

export interface MysqlResult {
  readonly rows: FoundRow[];
  readonly affected: number;
}

const CONNECT_MS = 10_000;
/** A connection that is silent for this long counts as broken: a network may fail without an error. */
const SILENCE_MS = 60_000;

/**
 * Limits the wait for a row that an open transaction holds. Locks only existing rows, not the gaps between them. Refuses what does not fit
 * instead of cutting it, and reads a text as the driver writes it, whatever the mode of the server.
 */
const SETTINGS = [
  'set session innodb_lock_wait_timeout = 1',
  'set session transaction isolation level read committed',
  `set session sql_mode = 'STRICT_ALL_TABLES'`,
];

/** One of the engine's own connections, with transactions. */
export class MysqlConnection extends OwnConnection<MysqlClient> {
  /** Rejects statements of a destroyed connection, because the driver forgets them. */
  private readonly unanswered = new Set<(error: Error) => void>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: TableNames,
    outages: OutageLog,
  ) {
    super(outages);
  }

  run(sql: string, values: readonly unknown[] = []): Promise<MysqlResult> {
    return this.attempt((client) => this.ask(client, this.tables.in(sql), values));
  }

  /** Commits what `work` does, all of it or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    await this.run('start transaction');
    try {
      const result = await work();
      await this.run('commit');
      return result;
    } catch (error) {
      await this.rollBack(error);
      throw error;
    }
  }

  /** A connection that does not answer may have half a transaction open: it is not used again. */
  private async rollBack(error: unknown): Promise<void> {
    const client = await this.connected().catch(() => null);
    if (client) await this.ask(client, 'rollback', []).catch(() => this.lost(client, error));
  }

  protected override async connect(): Promise<MysqlClient> {
    const client = newClient(this.dataSource);
    try {
      await answered((done) => client.connect(done));
      for (const sql of SETTINGS) await this.ask(client, sql, []);
      return client;
    } catch (error) {
      client.destroy();
      throw error;
    }
  }

  protected override async end(client: MysqlClient): Promise<void> {
    await answered((done) => client.end(done)).catch(() => undefined);
  }

  protected override destroy(client: MysqlClient): void {
    client.destroy();
    const error = new Error('the connection broke');
    for (const reject of this.unanswered) reject(error);
    this.unanswered.clear();
  }

  private ask(client: MysqlClient, sql: string, values: readonly unknown[]): Promise<MysqlResult> {
    return new Promise((resolve, reject) => {
      this.unanswered.add(reject);
      client.query({ sql, values, timeout: SILENCE_MS }, (error, result) => {
        this.unanswered.delete(reject);
        if (error) reject(error as Error);
        else resolve(resultOf(result));
      });
    });
  }

  protected override isBroken(error: unknown): boolean {
    return isBroken(error);
  }
}

/** These options override those that the application has set for its own statements. */
const OWN_OPTIONS = { charset: 'utf8mb4', typeCast: true, namedPlaceholders: false, rowsAsArray: false };

/** A connection like those of the application's pool, but outside of it. */
function newClient(dataSource: DataSource): MysqlClient {
  const { mysql } = dataSource.driver as unknown as MysqlDriver;
  const client = mysql.createConnection(ownOptions(dataSource));
  client.on('error', () => {}); // without a listener, an error before the connection is whole would end the process
  return client;
}

/** The connection for a thread. Null: not possible. */
export function threadClient(dataSource: DataSource): ThreadClient | null {
  const module = fileOfModule((dataSource.driver as unknown as MysqlDriver).mysql);
  const options = sendable(ownOptions(dataSource));
  return module === null || options === null ? null : { client: 'mysql2', module, options };
}

function ownOptions(dataSource: DataSource): object {
  const driver = dataSource.driver as unknown as MysqlDriver;
  const given = driver.createConnectionOptions(driver.options, driver.options.replication?.master ?? driver.options);
  const { connectionLimit: _limit, acquireTimeout: _acquire, ...options } = given as Record<string, unknown>; // options of a pool
  return { ...options, ...OWN_OPTIONS, connectTimeout: given.connectTimeout ?? CONNECT_MS };
}

function resultOf(result: unknown): MysqlResult {
  if (Array.isArray(result)) return { rows: result as FoundRow[], affected: 0 };
  return { rows: [], affected: (result as { affectedRows: number }).affectedRows };
}

function answered(ask: (done: Callback) => void): Promise<unknown> {
  return new Promise((resolve, reject) => ask((error, result) => (error ? reject(error as Error) : resolve(result))));
}
