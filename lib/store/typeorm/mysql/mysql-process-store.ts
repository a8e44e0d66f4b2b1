import type { DataSource, EntityManager } from 'typeorm';
import { ProcessStore } from '../../process-store.js';
import { ConnectionPool } from '../connections/connection-pool.js';
import { openPatiently } from '../connections/open-patiently.js';
import { OutageLog } from '../connections/outage-log.js';
import { openSchema } from '../open-schema.js';
import { onDuplicateKey } from '../overwrite.js';
import type { SqlWords } from '../sql-reader.js';
import { TypeOrmMaintenance } from '../typeorm-maintenance.js';
import { TypeOrmQueries } from '../typeorm-queries.js';
import { MysqlCommits } from './mysql-commits.js';
import { MysqlConnection, threadClient } from './mysql-connection.js';
import { isBroken } from './mysql-errors.js';
import { MysqlReader } from './mysql-reader.js';

const words: SqlWords = {
  /** Uses UTC, because a local time occurs twice when summer time ends. */
  now: `(timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(3)) div 1000)`,
  overwrite: (_key, names) => onDuplicateKey(names),
  unlessThere: '',
  endOfChild: `concat('c:', c.id)`,
};

/** Processes in MySQL 8, or MariaDB 10.6 and later. */
export class MysqlProcessStore extends ProcessStore<EntityManager> {
  override readonly commits: MysqlCommits;
  override readonly queries: TypeOrmQueries;
  override readonly maintenance: TypeOrmMaintenance;
  private readonly outages: OutageLog;
  private readonly writers: ConnectionPool<MysqlConnection>;
  /** Reads for decisions and the sweep are short. Questions of people may take long, so they have a connection of their own. */
  private readonly readers: ConnectionPool<MysqlConnection>;
  private readonly people: ConnectionPool<MysqlConnection>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly dataSourceName: string,
  ) {
    super();
    this.outages = new OutageLog(`The database of the data source "${dataSourceName}"`);
    const own = () => new MysqlConnection(dataSource, this.outages);
    this.writers = new ConnectionPool([own(), own()]);
    this.readers = new ConnectionPool([own()]);
    this.people = new ConnectionPool([own()]);
    const reader = new MysqlReader(this.readers);
    this.queries = new TypeOrmQueries(new MysqlReader(this.people));
    this.maintenance = new TypeOrmMaintenance(reader, words, () => threadClient(dataSource));
    this.commits = new MysqlCommits(dataSource, reader, new TypeOrmQueries(reader), this.writers);
  }

  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    await openPatiently(this.dataSource, () => this.openAll(schema), isBroken);
  }

  private async openAll(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    await Promise.all([this.writers.open(), this.readers.open(), this.people.open()]);
    await openSchema(this.dataSource, this.dataSourceName, schema);
  }

  override async close(): Promise<void> {
    this.outages.close();
    await Promise.all([this.writers.close(), this.readers.close(), this.people.close()]);
  }
}
