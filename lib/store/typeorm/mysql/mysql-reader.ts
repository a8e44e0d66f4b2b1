import type { ConnectionPool } from '../connections/connection-pool.js';
import { checkBound, type Query } from '../query.js';
import { SqlReader } from '../sql-reader.js';
import type { FoundRow } from '../states.js';
import type { MysqlConnection } from './mysql-connection.js';
import { classifyError, isKeyTakenError } from './mysql-errors.js';

/** Of a transaction that others hold up. */
const MOST_TRIES = 10;

/** Uses the text protocol: a prepared statement would not accept a number for its `limit`. */
export class MysqlReader extends SqlReader {
  constructor(private readonly connections: ConnectionPool<MysqlConnection>) {
    super();
  }

  override async rows({ sql, values }: Query): Promise<readonly FoundRow[]> {
    checkBound(values);
    return (await this.connections.use((connection) => connection.run(sql, values))).rows;
  }

  /** InnoDB locks the neighbours of deleted rows in an index too, so two instances may hold up each other: one of them begins again. */
  override async readThenRun(query: Query, follow: (rows: readonly FoundRow[]) => readonly Query[]): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.connections.use((connection) => runInTransaction(connection, query, follow));
      } catch (error) {
        if (classifyError(error) !== 'conflict' || tries === MOST_TRIES) throw error;
      }
    }
  }

  /** MySQL reports an existing row only by an error. */
  override async changed({ sql, values }: Query): Promise<number> {
    checkBound(values);
    try {
      return (await this.connections.use((connection) => connection.run(sql, values))).affected;
    } catch (error) {
      if (isKeyTakenError(error)) return 0;
      throw error;
    }
  }
}

function runInTransaction(connection: MysqlConnection, query: Query, follow: (rows: readonly FoundRow[]) => readonly Query[]): Promise<void> {
  return connection.transaction(async () => {
    const { rows } = await connection.run(query.sql, query.values);
    for (const { sql, values } of follow(rows)) await connection.run(sql, values);
  });
}
