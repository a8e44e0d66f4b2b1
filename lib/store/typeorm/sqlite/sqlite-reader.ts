import type { Query } from '../query.js';
import { SqlReader } from '../sql-reader.js';
import type { FoundRow } from '../states.js';
import type { SqliteWriter } from './writer.js';

export class SqliteReader extends SqlReader {
  constructor(private readonly writer: SqliteWriter) {
    super();
  }

  /** Statements that write wait too: for transactions of the application, and for other processes. */
  override async rows(query: Query): Promise<readonly FoundRow[]> {
    if (query.sql.startsWith('select')) return this.writer.all(query);
    return this.writer.write(() => this.writer.all(query));
  }

  override readThenRun(query: Query, follow: (rows: readonly FoundRow[]) => readonly Query[]): Promise<void> {
    return this.writer.write(() => {
      for (const next of follow(this.writer.all(query))) this.writer.run(next);
    });
  }

  override changed(query: Query): Promise<number> {
    return this.writer.write(() => this.writer.run(query));
  }
}
