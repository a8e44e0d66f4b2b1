import type { DataSource, EntityManager } from 'typeorm';
import type { Change, MessageState } from '../../../core/change.js';
import type { ClaimBy, Loaded, ProcessRequest, Rejection, TaskAt } from '../../port.js';
import { commitBatch, type ErrorClass, lostRace } from '../batch.js';
import { columns } from '../columns.js';
import type { ConnectionPool } from '../connections/connection-pool.js';
import { messageRow } from '../rows.js';
import type { FoundRow } from '../states.js';
import type { TableNames } from '../table-names.js';
import { TypeOrmCommits } from '../typeorm-commits.js';
import { rowsIn } from './commit-statement.js';
import { commitStatement, statementWithin } from './commit-values.js';
import { shortened } from './json-rows.js';
import { loadedFrom, loadText, loadValues } from './load-statement.js';
import { OWN_TYPES, type PostgresClient } from './postgres-client.js';
import { claim } from './postgres-claim.js';
import type { PostgresConnection } from './postgres-connection.js';
import { classifyError } from './postgres-errors.js';
import type { PostgresReader } from './postgres-reader.js';

const inbox = columns.workflow_inbox.join(', ');
const keepText = `insert into workflow_inbox (${inbox}) select ${inbox} from ${rowsIn(1, columns.workflow_inbox)} on conflict do nothing returning id`;

/** Each batch is one statement, and so one flush to the disk. */
export class PostgresCommits extends TypeOrmCommits {
  override readonly maxConcurrentCommits: number;
  private readonly processTable: string;

  constructor(
    dataSource: DataSource,
    reader: PostgresReader,
    tables: TableNames,
    private readonly writers: ConnectionPool<PostgresConnection>,
    private readonly readers: ConnectionPool<PostgresConnection>,
    private readonly isPooled: () => boolean,
  ) {
    super(dataSource, reader, tables);
    this.processTable = tables.stored('workflow_process');
    this.maxConcurrentCommits = writers.size;
  }

  protected override classify(error: unknown): ErrorClass {
    return classifyError(error, this.processTable);
  }

  override async load(requests: readonly ProcessRequest[]): Promise<readonly (Loaded | null)[]> {
    if (requests.length === 0) return [];
    return loadedFrom(requests, await this.readers.use((connection) => connection.run(loadText, loadValues(requests))));
  }

  /** Behind a pooler all its sessions may be held by transactions: a second one would be waited for until they end. */
  override async loadWithin(manager: EntityManager, request: ProcessRequest): Promise<Loaded | null> {
    if (!this.isPooled()) return super.loadWithin(manager, request);
    const client = (await manager.queryRunner!.connect()) as PostgresClient;
    const { rows } = await client.query({ text: this.tables.in(loadText), values: loadValues([request]), types: OWN_TYPES });
    return loadedFrom([request], rows)[0] ?? null;
  }

  override commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    if (changes.length === 0) return Promise.resolve([]);
    return this.writers.use((connection) =>
      commitBatch(
        changes,
        (batch) => commitOn(connection, batch),
        (error) => this.classify(error),
      ),
    );
  }

  override commitWithin(manager: EntityManager, change: Change): Promise<Rejection | null> {
    return this.inTransactionOf(manager, async () => {
      const { text, values } = statementWithin(change);
      const [row] = (await manager.query(this.tables.in(text), [...values])) as { won: string[] | null }[];
      return row!.won === null ? null : lostRace(change);
    });
  }

  override async keepMessages(messages: readonly MessageState[], manager?: EntityManager): Promise<readonly MessageState[]> {
    if (messages.length === 0) return [];
    const rows = [JSON.stringify(messages.map((message) => shortened(messageRow(message))))];
    const kept = manager
      ? await this.inTransactionOf(manager, () => manager.query(this.tables.in(keepText), rows) as Promise<FoundRow[]>)
      : await this.writers.use((connection) => connection.run(keepText, rows));
    const ids = new Set(kept.map(({ id }) => id));
    const known = messages.filter(({ id }) => !ids.has(id));
    return this.messages([...new Set(known.map(({ id }) => id))]);
  }

  override async claimTasks(tasks: readonly TaskAt[], by: ClaimBy): Promise<readonly TaskAt[]> {
    if (tasks.length === 0) return [];
    return this.writers.use((connection) => claim(connection, tasks, by));
  }
}

async function commitOn(connection: PostgresConnection, changes: readonly Change[]): Promise<readonly Rejection[]> {
  const { text, values } = commitStatement(changes);
  const [row] = await connection.run(text, values);
  const won = row!.won as unknown as readonly string[] | null;
  return won === null ? [] : losersOf(changes, new Set(won));
}

function losersOf(changes: readonly Change[], won: ReadonlySet<string>): Rejection[] {
  return changes.filter(({ process }) => !won.has(process.id)).map(lostRace);
}
