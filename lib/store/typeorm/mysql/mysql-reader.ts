import type { ConnectionPool } from '../connections/connection-pool.js';
import { checkBound, type Query } from '../query.js';
import { SqlReader } from '../sql-reader.js';
import type { FoundRow } from '../states.js';
import type { MysqlConnection } from './mysql-connection.js';
import { isKeyTakenError } from './mysql-errors.js';

/** Uses the text protocol: a prepared statement would not accept a number for its `limit`. */
export class MysqlReader extends SqlReader {
  constructor(private readonly connections: ConnectionPool<MysqlConnection>) {
    super();
  }

  override async rows({ sql, values }: Query): Promise<readonly FoundRow[]> {
    checkBound(values);
    return (await this.connections.use((connection) => connection.run(sql, values))).rows;
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
