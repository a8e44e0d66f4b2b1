import type { DataSource, EntityManager } from 'typeorm';
import type { TableOptions } from '../../../engine/options.js';
import { ProcessStore } from '../../process-store.js';
import { addedParts } from '../migrations/added-parts.js';
import { createTables } from '../migrations/sql.js';
import { existingColumns, existingColumnsQuery } from '../migrations/tables.js';
import { dialectOf } from '../migrations/words.js';
import { makesTables, openSchema } from '../open-schema.js';
import { refuseNames } from '../table-name-problems.js';
import { onConflict } from '../overwrite.js';
import type { SqlWords } from '../sql-reader.js';
import { TableNames } from '../table-names.js';
import { TypeOrmMaintenance } from '../typeorm-maintenance.js';
import { TypeOrmOperating } from '../typeorm-operating.js';
import { TypeOrmOutbox } from '../typeorm-outbox.js';
import { TypeOrmQueries } from '../typeorm-queries.js';
import { threadClient } from './native.js';
import { SqliteCommits } from './sqlite-commits.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './writer.js';

const type = 'better-sqlite3';
const dialect = dialectOf(type);

const words: SqlWords = {
  now: `cast(unixepoch('subsec') * 1000 as integer)`,
  overwrite: (key, names) => onConflict([key], names),
  unlessThere: ' on conflict do nothing',
  endOfChild: `'c:' || c.id`,
  byEnd: '',
  skipLocked: '',
  distinct: 'steps',
};

/** Processes in a SQLite file, beside the application's connection. */
export class SqliteProcessStore extends ProcessStore<EntityManager> {
  override readonly commits: SqliteCommits;
  override readonly queries: TypeOrmQueries;
  override readonly maintenance: TypeOrmMaintenance;
  override readonly outbox: TypeOrmOutbox;
  override readonly operating: TypeOrmOperating;
  private readonly writer: SqliteWriter;
  private readonly tables: TableNames;

  constructor(
    private readonly dataSource: DataSource,
    private readonly dataSourceName: string,
    given: TableOptions = {},
    patienceMs?: number,
  ) {
    super();
    this.tables = new TableNames(dataSource, given);
    this.writer = new SqliteWriter(dataSource, this.tables, patienceMs);
    const reader = new SqliteReader(this.writer);
    this.queries = new TypeOrmQueries(reader, words);
    this.outbox = new TypeOrmOutbox(reader);
    this.operating = new TypeOrmOperating(reader, words);
    this.maintenance = new TypeOrmMaintenance(reader, reader, words, this.tables, () => threadClient(dataSource));
    this.commits = new SqliteCommits(dataSource, reader, this.tables, this.queries, this.writer);
  }

  /** Makes the tables in one turn of the event loop too: two instances may boot at once, even in one process. */
  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    refuseNames(this.dataSource, this.dataSourceName, this.tables);
    if (makesTables(this.dataSource, schema)) await this.writer.write(() => this.migrate());
    await openSchema(this.dataSource, this.dataSourceName, schema === 'migrate' ? 'check' : schema, this.tables);
  }

  private migrate(): void {
    const run = (sql: string) => this.writer.run({ sql, values: [] });
    createTables(dialect.words, dialect.inlineIndexes).forEach(run);
    for (const change of addedParts)
      change(dialect, existingColumns(this.writer.all({ sql: existingColumnsQuery(type, this.tables), values: [] }), this.tables)).forEach(run);
  }

  override async close(): Promise<void> {
    await this.commits.quiet();
    this.writer.close();
  }
}
