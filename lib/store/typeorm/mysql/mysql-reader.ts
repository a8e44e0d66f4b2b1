import type { ConnectionPool } from '../connections/connection-pool.js';
import type { Query } from '../query.js';
import { SqlReader } from '../sql-reader.js';
import type { FoundRow } from '../states.js';
import type { MysqlConnection } from './mysql-connection.js';
import { isTaken } from './mysql-errors.js';

/** The text protocol: a prepared statement would not take a number for its `limit`. */
export class MysqlReader extends SqlReader {
  constructor(private readonly connections: ConnectionPool<MysqlConnection>) {
    super();
  }

  override async rows({ sql, values }: Query): Promise<readonly FoundRow[]> {
    return (await this.connections.use((connection) => connection.run(sql, values))).rows;
  }

  /** MySQL says of a row that is there already only by an error. */
  override async changed({ sql, values }: Query): Promise<number> {
    try {
      return (await this.connections.use((connection) => connection.run(sql, values))).affected;
    } catch (error) {
      if (isTaken(error)) return 0;
      throw error;
    }
  }
}
