import type { DataSource, EntityManager } from 'typeorm';
import type { TableOptions } from '../../../engine/options.js';
import { ProcessStore } from '../../process-store.js';
import { openPatiently } from '../connections/open-patiently.js';
import { OwnConnections } from '../connections/own-connections.js';
import { openSchema } from '../open-schema.js';
import { onDuplicateKey } from '../overwrite.js';
import type { SqlWords } from '../sql-reader.js';
import { TableNames } from '../table-names.js';
import { TypeOrmMaintenance } from '../typeorm-maintenance.js';
import { TypeOrmOperating } from '../typeorm-operating.js';
import { TypeOrmOutbox } from '../typeorm-outbox.js';
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
  byEnd: ' force index (workflow_process_finished)',
  skipLocked: ' for update skip locked',
  distinct: 'loose',
};

/** Processes in MySQL 8, or MariaDB 10.6 and later. */
export class MysqlProcessStore extends ProcessStore<EntityManager> {
  override readonly commits: MysqlCommits;
  override readonly queries: TypeOrmQueries;
  override readonly maintenance: TypeOrmMaintenance;
  override readonly outbox: TypeOrmOutbox;
  override readonly operating: TypeOrmOperating;
  private readonly connections: OwnConnections<MysqlConnection>;
  private readonly tables: TableNames;

  constructor(
    private readonly dataSource: DataSource,
    private readonly dataSourceName: string,
    given: TableOptions = {},
  ) {
    super();
    const tables = new TableNames(dataSource, given);
    this.tables = tables;
    this.connections = new OwnConnections(dataSourceName, (outages) => new MysqlConnection(dataSource, tables, outages));
    const { writers, readers, people } = this.connections;
    const reader = new MysqlReader(readers);
    const patient = new MysqlReader(people);
    this.queries = new TypeOrmQueries(patient, words);
    this.outbox = new TypeOrmOutbox(reader);
    this.operating = new TypeOrmOperating(reader, words, patient);
    this.maintenance = new TypeOrmMaintenance(reader, patient, words, tables, () => threadClient(dataSource));
    this.commits = new MysqlCommits(dataSource, reader, tables, new TypeOrmQueries(reader, words), writers);
  }

  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    await openPatiently(this.dataSource, () => this.openAll(schema), isBroken);
  }

  private async openAll(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    await this.connections.open();
    await this.commits.learnPool();
    await openSchema(this.dataSource, this.dataSourceName, schema, this.tables);
  }

  override close(): Promise<void> {
    return this.connections.close();
  }
}
