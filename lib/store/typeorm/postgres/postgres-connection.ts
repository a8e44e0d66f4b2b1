import type { DataSource } from 'typeorm';
import { digestOf } from '../../../values/digest.js';
import type { OutageLog } from '../connections/outage-log.js';
import { OwnConnection } from '../connections/own-connection.js';
import type { FoundRow } from '../states.js';
import { newClient, OWN_TYPES, type PostgresClient } from './postgres-client.js';
import { isBroken, isOutdatedPlan, isStalePrepared } from './postgres-errors.js';

/**
 * Prepared statements keep their plans, so a plan must not depend on how small the tables were when it was made: always through
 * an index. These settings are of a connection that only the engine uses, and that leads straight to the server; behind a pooler
 * nothing is set and nothing is prepared.
 */
const SETTINGS = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material'].map((name) => `set ${name} = off`).join('; ');

/** One of the engine's own connections. */
export class PostgresConnection extends OwnConnection<PostgresClient> {
  private readonly names = new Map<string, string>();
  /** A pooler stands between: another session may answer each statement. */
  private pooled = false;
  /** Statements are prepared anew after a migration. */
  private generation = 0;

  constructor(
    private readonly dataSource: DataSource,
    outages: OutageLog,
  ) {
    super(outages);
  }

  get isPooled(): boolean {
    return this.pooled;
  }

  /** A statement that is run often, and so prepared. */
  async run(text: string, values: readonly unknown[]): Promise<FoundRow[]> {
    return this.ask(text, values, !this.pooled);
  }

  /** A statement that is run seldom, or whose text differs each time. */
  async runOnce(text: string, values: readonly unknown[]): Promise<FoundRow[]> {
    return this.ask(text, values, false);
  }

  private async ask(text: string, values: readonly unknown[], prepared: boolean): Promise<FoundRow[]> {
    const query = { text, values, types: OWN_TYPES, ...(prepared && { name: this.nameOf(text) }) };
    try {
      return await this.attempt(async (client) => (await client.query(query)).rows);
    } catch (error) {
      if (!prepared || !isStalePrepared(error)) throw error;
      this.forgetNames(isOutdatedPlan(error)); // nothing was done
      return this.ask(text, values, false);
    }
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

/** A pooler makes up the number it greets a client with: the session behind it has another. */
async function isBehindPooler(client: PostgresClient): Promise<boolean> {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  return Number(rows[0]?.pid) !== client.processID;
}
