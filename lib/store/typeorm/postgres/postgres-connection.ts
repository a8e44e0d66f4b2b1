import type { DataSource } from 'typeorm';
import { digestOf } from '../../../values/digest.js';
import type { OutageLog } from '../connections/outage-log.js';
import { OwnConnection } from '../connections/own-connection.js';
import type { FoundRow } from '../states.js';
import type { TableNames } from '../table-names.js';
import { newClient, OWN_TYPES, type PostgresClient } from './postgres-client.js';
import { isBroken, isOutdatedPlan, isStalePrepared } from './postgres-errors.js';

/**
 * Makes plans always use an index. Prepared statements keep their plans, so a plan must not depend on how small the tables were
 * when it was made. These settings are only for connections that the engine alone uses, and that lead straight to the server.
 * Behind a pooler nothing is set and nothing is prepared. `jit` is off because a plan that could not avoid a sort has a huge cost on
 * paper, for which PostgreSQL would compile it: half a second for each statement.
 */
const SETTINGS = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material', 'enable_sort', 'jit']
  .map((name) => `set ${name} = off`)
  .join('; ');

/** One of the engine's own connections. */
export class PostgresConnection extends OwnConnection<PostgresClient> {
  private readonly names = new Map<string, string>();
  /** The connection leads through a pooler: another session may answer each statement. */
  private pooled = false;
  /** Part of the names of statements. Grows when they must be prepared again, for example after a migration. */
  private generation = 0;
  private channel: { readonly sql: string; readonly heard: (payload: string) => void } | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: TableNames,
    outages: OutageLog,
  ) {
    super(outages);
  }

  get isPooled(): boolean {
    return this.pooled;
  }

  /** Runs a prepared statement, for statements that are run often. */
  async run(text: string, values: readonly unknown[]): Promise<FoundRow[]> {
    return this.ask(text, values, !this.pooled);
  }

  /** Runs a statement that is run seldom, or whose text differs each time. */
  async runOnce(text: string, values: readonly unknown[]): Promise<FoundRow[]> {
    return this.ask(text, values, false);
  }

  private async ask(text: string, values: readonly unknown[], prepared: boolean): Promise<FoundRow[]> {
    const sql = this.tables.in(text);
    const query = { text: sql, values, types: OWN_TYPES, ...(prepared && { name: this.nameOf(sql) }) };
    try {
      return await this.attempt(async (client) => (await client.query(query)).rows);
    } catch (error) {
      if (!prepared || !isStalePrepared(error)) throw error;
      this.forgetNames(isOutdatedPlan(error)); // nothing was done
      return this.ask(text, values, false);
    }
  }

  /** Listens to notifications on the channel that `sql` names, also after the connection has been opened again. Not behind a pooler. */
  async listen(sql: string, heard: (payload: string) => void): Promise<void> {
    this.channel = { sql, heard };
    const client = await this.connected();
    if (!this.pooled) await this.hear(client);
  }

  private async hear(client: PostgresClient): Promise<void> {
    const { sql, heard } = this.channel!;
    client.on('notification', ({ payload }) => heard(payload ?? ''));
    const { rows } = await client.query(this.tables.in(`select ${sql} as channel`));
    await client.query(`listen ${String(rows[0]!.channel)}`);
  }

  /** Runs several statements as one transaction. */
  async transaction<R>(work: () => Promise<R>): Promise<R> {
    await this.runOnce('begin', []);
    try {
      const result = await work();
      await this.runOnce('commit', []);
      return result;
    } catch (error) {
      await this.runOnce('rollback', []).catch(() => undefined); // a connection that broke has rolled back by itself
      throw error;
    }
  }

  private nameOf(text: string): string {
    const name = this.names.get(text) ?? `argonaut_${this.generation}_${digestOf(text)}`;
    this.names.set(text, name);
    return name;
  }

  private forgetNames(isOutdated: boolean): void {
    this.generation++;
    this.names.clear();
    if (!isOutdated) this.pooled = true; // another session answers
  }

  protected override async connect(): Promise<PostgresClient> {
    const client = newClient(this.dataSource);
    try {
      await client.connect();
      this.pooled = await isBehindPooler(client);
      if (!this.pooled) await client.query(SETTINGS);
      if (!this.pooled && this.channel) await this.hear(client);
      return client;
    } catch (error) {
      this.destroy(client);
      throw error;
    }
  }

  protected override async end(client: PostgresClient): Promise<void> {
    await client.end().catch(() => undefined);
  }

  protected override destroy(client: PostgresClient): void {
    client.connection.stream.destroy();
  }

  protected override isBroken(error: unknown): boolean {
    return isBroken(error);
  }
}

/** A pooler invents the process id that it reports to a client: the session behind it has another. */
async function isBehindPooler(client: PostgresClient): Promise<boolean> {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  return Number(rows[0]?.pid) !== client.processID;
}
