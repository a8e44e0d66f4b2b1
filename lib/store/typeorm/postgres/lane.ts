import type { DataSource, QueryRunner } from 'typeorm';
import type { Found } from '../states.js';

export interface Prepared {
  readonly name?: string;
  readonly text: string;
}

interface Client {
  query(query: { name?: string; text: string; values: readonly unknown[] }): Promise<{ rows: Found[]; rowCount: number | null }>;
  query(sql: string): Promise<unknown>;
  on(event: 'error', listener: () => void): void;
  removeListener(event: 'error', listener: () => void): void;
}

/**
 * The statements stay prepared, so their plans must not depend on how small the tables were when they were made: always
 * through the index. And nobody waits long for a row that somebody's open transaction holds.
 */
const settings = { lock_timeout: `'1s'`, enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', enable_material: 'off' };
const set = Object.entries(settings).map(([name, value]) => `set ${name} = ${value}`).join('; '); // prettier-ignore
const reset = Object.keys(settings).map((name) => `reset ${name}`).join('; '); // prettier-ignore

/** A connection of our own out of the pool: prepared statements, and none of TypeORM's work per query. Made anew after it broke. */
export class Lane {
  private held: Promise<{ runner: QueryRunner; client: Client }> | null = null;
  private readonly broke = () => {
    this.held = null;
  };

  constructor(private readonly dataSource: DataSource) {}

  async run(statement: Prepared, values: readonly unknown[]): Promise<Found[]> {
    const { client } = await this.connection();
    try {
      return (await client.query({ ...statement, values })).rows;
    } catch (error) {
      if (isBroken(error)) await this.drop();
      throw error;
    }
  }

  async close(): Promise<void> {
    const held = await this.held?.catch(() => null);
    this.held = null;
    if (!held) return;
    held.client.removeListener('error', this.broke);
    await held.client.query(reset).catch(() => undefined);
    await held.runner.release();
  }

  private connection(): Promise<{ runner: QueryRunner; client: Client }> {
    this.held ??= this.connect().catch((error: unknown) => {
      this.held = null;
      throw error;
    });
    return this.held;
  }

  private async connect(): Promise<{ runner: QueryRunner; client: Client }> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as Client;
    client.on('error', this.broke);
    await client.query(set);
    return { runner, client };
  }

  /** Back to the pool as broken, which closes it. */
  private async drop(): Promise<void> {
    const held = await this.held?.catch(() => null);
    this.held = null;
    const runner = held?.runner as { releasePostgresConnection?(error: Error): Promise<void> } | undefined;
    await runner?.releasePostgresConnection?.(new Error('The connection broke.')).catch(() => undefined);
  }
}

/** Five characters are an SQLSTATE: the server has answered. Class 57P is the server going down, 08 the line. */
export function isBroken(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code === 'EPIPE') return true;
  return code.startsWith('08') || code.startsWith('57P');
}
