import type { ConnectionPool } from '../connections/connection-pool.js';
import { checkBound, numbered, type Query } from '../query.js';
import { SqlReader } from '../sql-reader.js';
import type { FoundRow } from '../states.js';
import type { PostgresConnection } from './postgres-connection.js';

export class PostgresReader extends SqlReader {
  override readonly longestList = 10_000;

  constructor(private readonly connections: ConnectionPool<PostgresConnection>) {
    super();
  }

  override async rows({ sql, values }: Query): Promise<readonly FoundRow[]> {
    checkBound(values);
    return this.connections.use((connection) => connection.runOnce(numbered(sql), values));
  }

  override async changed({ sql, values }: Query): Promise<number> {
    return (await this.rows({ sql: `${sql} returning 1`, values })).length;
  }

  override async readThenRun(query: Query, follow: (rows: readonly FoundRow[]) => readonly Query[]): Promise<void> {
    await this.connections.use((connection) =>
      connection.transaction(async () => {
        const run = ({ sql, values }: Query) => connection.runOnce(numbered(sql), values);
        for (const next of follow(await run(query))) await run(next);
      }),
    );
  }

  /** One array instead of a list, so that the statement stays prepared. */
  override listed(sql: (list: string) => string, values: readonly string[], before: readonly unknown[] = []): Promise<FoundRow[]> {
    checkBound([...before, ...values]);
    if (values.length === 0) return Promise.resolve([]);
    return this.connections.use((connection) => connection.run(numbered(sql('= any(?)')), [...before, values]));
  }
}
