import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { TableOptions } from '../../../engine/options.js';
import { ProcessStore } from '../../process-store.js';
import { openPatiently } from '../connections/open-patiently.js';
import { OwnConnections } from '../connections/own-connections.js';
import { openSchema } from '../open-schema.js';
import { onConflict } from '../overwrite.js';
import type { SqlWords } from '../sql-reader.js';
import { TableNames } from '../table-names.js';
import { TypeOrmMaintenance } from '../typeorm-maintenance.js';
import { TypeOrmOperating } from '../typeorm-operating.js';
import { TypeOrmOutbox } from '../typeorm-outbox.js';
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
  byEnd: '',
  skipLocked: ' for update skip locked',
  distinct: 'steps',
};

/** Processes in PostgreSQL. */
export class PostgresProcessStore extends ProcessStore<EntityManager> {
  override readonly commits: PostgresCommits;
  override readonly queries: TypeOrmQueries;
  override readonly maintenance: TypeOrmMaintenance;
  override readonly outbox: TypeOrmOutbox;
  override readonly operating: TypeOrmOperating;
  override readonly announcer: PostgresAnnouncer;
  private readonly connections: OwnConnections<PostgresConnection>;
  private readonly tables: TableNames;

  constructor(
    private readonly dataSource: DataSource,
    private readonly dataSourceName: string,
    given: TableOptions = {},
  ) {
    super();
    const tables = new TableNames(dataSource, given);
    this.tables = tables;
    this.connections = new OwnConnections(dataSourceName, (outages) => new PostgresConnection(dataSource, tables, outages));
    const { writers, readers, people, reading } = this.connections;
    const reader = new PostgresReader(readers);
    this.announcer = new PostgresAnnouncer(reading, readers, dataSourceName);
    this.commits = new PostgresCommits(dataSource, reader, tables, writers, readers, () => reading.isPooled);
    this.outbox = new TypeOrmOutbox(reader);
    const patient = new PostgresReader(people);
    this.operating = new TypeOrmOperating(reader, words, patient);
    this.maintenance = new TypeOrmMaintenance(reader, patient, words, tables, () => threadClient(dataSource));
    this.queries = new TypeOrmQueries(patient, words);
  }

  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    guardApplicationPool(this.dataSource);
    await openPatiently(this.dataSource, () => this.openAll(schema), isBroken);
    if (this.connections.reading.isPooled) logPooler(this.dataSourceName);
  }

  private async openAll(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    await this.connections.open();
    await openSchema(this.dataSource, this.dataSourceName, schema, this.tables);
  }

  override close(): Promise<void> {
    return this.connections.close();
  }
}

function logPooler(dataSourceName: string): void {
  new Logger('Workflow').log(
    `The data source "${dataSourceName}" leads to PostgreSQL through a pooler: statements are not prepared, and nothing is kept in a session.`,
  );
}
