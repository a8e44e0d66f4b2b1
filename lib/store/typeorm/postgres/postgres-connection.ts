import { type Emitter, type Held, HeldConnection } from '../held-connection.js';
import type { FoundRow } from '../states.js';

export interface Prepared {
  readonly name?: string;
  readonly text: string;
}

interface PostgresClient extends Emitter {
  query(query: { name?: string; text: string; values: readonly unknown[] }): Promise<{ rows: FoundRow[]; rowCount: number | null }>;
  query(sql: string): Promise<unknown>;
}

/**
 * The statements stay prepared, so their plans must not depend on how small the tables were when they were made: always
 * through the index. And nobody waits long for a row that somebody's open transaction holds.
 */
const settings = { lock_timeout: `'1s'`, enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', enable_material: 'off' };
const set = Object.entries(settings).map(([name, value]) => `set ${name} = ${value}`).join('; '); // prettier-ignore
const reset = Object.keys(settings).map((name) => `reset ${name}`).join('; '); // prettier-ignore

/** One of our own connections, with prepared statements. */
export class PostgresConnection extends HeldConnection<PostgresClient> {
  async run(statement: Prepared, values: readonly unknown[]): Promise<FoundRow[]> {
    const { client } = await this.connection();
    try {
      return (await client.query({ ...statement, values })).rows;
    } catch (error) {
      if (isBroken(error)) await this.drop();
      throw error;
    }
  }

  protected override async prepare(client: PostgresClient): Promise<void> {
    await client.query(set);
  }

  protected override async giveBack({ runner, client }: Held<PostgresClient>): Promise<void> {
    await client.query(reset).catch(() => undefined);
    await runner.release();
  }

  /** Back to the pool as broken, which closes it. */
  protected override async discard({ runner }: Held<PostgresClient>): Promise<void> {
    const pooled = runner as { releasePostgresConnection?(error: Error): Promise<void> };
    await pooled.releasePostgresConnection?.(new Error('The connection broke.')).catch(() => undefined);
  }
}

/** Five characters are an SQLSTATE: the server has answered. Class 57P is the server going down, 08 the line; 0A000: a migration has outdated its statements. */
export function isBroken(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code === 'EPIPE') return true;
  return code.startsWith('08') || code.startsWith('57P') || code === '0A000';
}
