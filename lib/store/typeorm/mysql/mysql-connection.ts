import { type Emitter, type Held, HeldConnection } from '../held-connection.js';
import type { FoundRow } from '../states.js';
import { classifyError } from './mysql-errors.js';

interface MysqlClient extends Emitter {
  query(sql: string, values: readonly unknown[], done: (error: unknown, result: unknown) => void): void;
  destroy(): void;
}

export interface Done {
  readonly rows: FoundRow[];
  readonly affected: number;
}

/** A row that somebody's open transaction holds is not waited for long; and only rows that are there are locked, not the gaps between. */
const set = ['set session innodb_lock_wait_timeout = 1', 'set session transaction isolation level read committed'];

/** One of our own connections, with transactions. */
export class MysqlConnection extends HeldConnection<MysqlClient> {
  async run(sql: string, values: readonly unknown[] = []): Promise<Done> {
    const { client } = await this.connection();
    try {
      return await ask(client, sql, values);
    } catch (error) {
      if ((error as { fatal?: boolean }).fatal) await this.drop(); // the driver tells only who asked, and stays closed
      throw error;
    }
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

  private async undo(error: unknown): Promise<void> {
    const isBroken = classifyError(error) === 'unknown' || !(await this.rolledBack());
    if (isBroken) await this.drop();
  }

  private rolledBack(): Promise<boolean> {
    return this.run('rollback').then(() => true, () => false); // prettier-ignore
  }

  protected override async prepare(client: MysqlClient): Promise<void> {
    for (const sql of set) await ask(client, sql, []);
  }

  /** Not back to the pool, with settings of ours and perhaps half a transaction. */
  protected override async giveBack({ runner, client }: Held<MysqlClient>): Promise<void> {
    client.destroy();
    await runner.release().catch(() => undefined);
  }

  protected override discard(held: Held<MysqlClient>): Promise<void> {
    return this.giveBack(held);
  }
}

function ask(client: MysqlClient, sql: string, values: readonly unknown[]): Promise<Done> {
  return new Promise((resolve, reject) => {
    client.query(sql, values, (error, result) => (error ? reject(error as Error) : resolve(doneOf(result))));
  });
}

function doneOf(result: unknown): Done {
  if (Array.isArray(result)) return { rows: result as FoundRow[], affected: 0 };
  return { rows: [], affected: (result as { affectedRows: number }).affectedRows };
}
