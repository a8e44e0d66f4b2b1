import type { DataSource, QueryRunner } from 'typeorm';
import type { Found } from '../states.js';
import { judge } from './verdict.js';

interface Client {
  query(sql: string, values: readonly unknown[], done: (error: unknown, result: unknown) => void): void;
  on(event: 'error', listener: () => void): void;
  removeListener(event: 'error', listener: () => void): void;
  destroy(): void;
}

export interface Done {
  readonly rows: Found[];
  readonly affected: number;
}

/** A row that somebody's open transaction holds is not waited for long; and only rows that are there are locked, not the gaps between. */
const set = ['set session innodb_lock_wait_timeout = 1', 'set session transaction isolation level read committed'];

/** A connection of our own out of the pool, made anew after it broke. */
export class Lane {
  private held: Promise<{ runner: QueryRunner; client: Client }> | null = null;
  private readonly broke = () => {
    this.held = null;
  };

  constructor(private readonly dataSource: DataSource) {}

  async run(sql: string, values: readonly unknown[] = []): Promise<Done> {
    const { client } = await this.connection();
    return ask(client, sql, values);
  }

  /** Commits what `work` does, all of it or nothing. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      await this.run('start transaction');
      const result = await work();
      await this.run('commit');
      return result;
    } catch (error) {
      await this.undo(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    const held = await this.held?.catch(() => null);
    this.held = null;
    if (!held) return;
    held.client.removeListener('error', this.broke);
    await discard(held);
  }

  private async undo(error: unknown): Promise<void> {
    const isBroken = judge(error) === 'unknown' || !(await this.rolledBack());
    if (isBroken) await this.drop();
  }

  private rolledBack(): Promise<boolean> {
    return this.run('rollback').then(() => true, () => false); // prettier-ignore
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
    for (const sql of set) await ask(client, sql, []);
    return { runner, client };
  }

  private async drop(): Promise<void> {
    const held = await this.held?.catch(() => null);
    this.held = null;
    if (held) await discard(held);
  }
}

/** Not back to the pool, with settings of ours and perhaps half a transaction. */
async function discard({ runner, client }: { runner: QueryRunner; client: Client }): Promise<void> {
  client.destroy();
  await runner.release().catch(() => undefined);
}

function ask(client: Client, sql: string, values: readonly unknown[]): Promise<Done> {
  return new Promise((resolve, reject) => {
    client.query(sql, values, (error, result) => (error ? reject(error as Error) : resolve(doneOf(result))));
  });
}

function doneOf(result: unknown): Done {
  if (Array.isArray(result)) return { rows: result as Found[], affected: 0 };
  return { rows: [], affected: (result as { affectedRows: number }).affectedRows };
}
