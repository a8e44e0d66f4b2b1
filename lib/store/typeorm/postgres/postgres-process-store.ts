import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { ProcessStore } from '../../process-store.js';
import { ConnectionPool } from '../connections/connection-pool.js';
import { OutageLog } from '../connections/outage-log.js';
import { openPatiently } from '../connections/open-patiently.js';
import { openSchema } from '../open-schema.js';
import { onConflict } from '../overwrite.js';
import type { SqlWords } from '../sql-reader.js';
import { TypeOrmMaintenance } from '../typeorm-maintenance.js';
import { TypeOrmQueries } from '../typeorm-queries.js';
import { guardApplicationPool, threadClient } from './postgres-client.js';
import { PostgresAnnouncer } from './postgres-announcer.js';
import { PostgresCommits } from './postgres-commits.js';
import { PostgresConnection } from './postgres-connection.js';
import { isBroken } from './postgres-errors.js';
import { PostgresReader } from './postgres-reader.js';

const words: SqlWords = {
  now: '(extract(epoch from clock_timestamp()) * 1000)::bigint',
  overwrite: (key, names) => onConflict([key], names),
  unlessThere: ' on conflict do nothing',
  endOfChild: `'c:' || c.id`,
};

/** Processes in PostgreSQL. */
export class PostgresProcessStore extends ProcessStore<EntityManager> {
  override readonly commits: PostgresCommits;
  override readonly queries: TypeOrmQueries;
  override readonly maintenance: TypeOrmMaintenance;
  override readonly announcer: PostgresAnnouncer;
  private readonly outages: OutageLog;
  /** Two commits at once keep the server busy; a third gains nothing. */
  private readonly writers: ConnectionPool<PostgresConnection>;
  /** Reads for decisions and the sweep are short. Questions of people may take long, so they have a connection of their own. */
  private readonly readers: ConnectionPool<PostgresConnection>;
  private readonly people: ConnectionPool<PostgresConnection>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly dataSourceName: string,
  ) {
    super();
    this.outages = new OutageLog(`The database of the data source "${dataSourceName}"`);
    const own = () => new PostgresConnection(dataSource, this.outages);
    this.writers = new ConnectionPool([own(), own()]);
    const listening = own();
    this.readers = new ConnectionPool([listening]);
    this.announcer = new PostgresAnnouncer(listening, this.readers, dataSourceName);
    this.people = new ConnectionPool([own()]);
    const reader = new PostgresReader(this.readers);
    this.commits = new PostgresCommits(dataSource, reader, this.writers, this.readers, () => listening.isPooled);
    this.maintenance = new TypeOrmMaintenance(reader, words, () => threadClient(dataSource));
    this.queries = new TypeOrmQueries(new PostgresReader(this.people));
  }

  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    guardApplicationPool(this.dataSource);
    await openPatiently(this.dataSource, () => this.openAll(schema), isBroken);
    if (await this.readers.use(async (connection) => connection.isPooled)) logPooler(this.dataSourceName);
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

function logPooler(dataSourceName: string): void {
  new Logger('Workflow').log(
    `The data source "${dataSourceName}" leads to PostgreSQL through a pooler: statements are not prepared, and nothing is kept in a session.`,
  );
}
