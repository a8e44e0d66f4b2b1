import type { DataSource, EntityManager } from 'typeorm';
import type { Change, MessageState } from '../../../core/change.js';
import type { ClaimBy, Loaded, ProcessRequest, Rejection, TaskAt } from '../../port.js';
import { commitBatch, type ErrorClass } from '../batch.js';
import { mysqlUpserts } from '../change-statements.js';
import { columns } from '../columns.js';
import { commitThrough } from '../commit-through.js';
import type { ConnectionPool } from '../connections/connection-pool.js';
import { loadAll } from '../load.js';
import { chunks } from '../query.js';
import { messageRow } from '../rows.js';
import type { TableNames } from '../table-names.js';
import { driverErrorOf, TypeOrmCommits } from '../typeorm-commits.js';
import type { TypeOrmQueries } from '../typeorm-queries.js';
import { commitInTransaction } from './batch-commit.js';
import { claimInTransaction } from './mysql-claim.js';
import type { MysqlConnection } from './mysql-connection.js';
import { classifyError, isKeyTakenError } from './mysql-errors.js';
import type { MysqlReader } from './mysql-reader.js';

const keepSql = `insert into workflow_inbox (${columns.workflow_inbox.join(', ')}) values (?)`;

/** A row that another instance has inserted meanwhile stays as it is. */
const keepManySql = `insert into workflow_inbox (${columns.workflow_inbox.join(', ')}) values ? on duplicate key update id = workflow_inbox.id`;

/** Whether texts arrive as they are: in our character set, and with the backslashes that the driver writes before quotes. */
const takesTexts = `select @@character_set_client = 'utf8mb4' and @@character_set_connection = 'utf8mb4'
  and find_in_set('NO_BACKSLASH_ESCAPES', @@sql_mode) = 0 as holds`;

type RunSql = (sql: string, values: unknown[]) => Promise<unknown>;

/** Each batch is one transaction of a few statements. */
export class MysqlCommits extends TypeOrmCommits {
  override readonly maxConcurrentCommits: number;
  private poolTakesTexts = true;

  constructor(
    dataSource: DataSource,
    reader: MysqlReader,
    tables: TableNames,
    private readonly queries: TypeOrmQueries,
    private readonly writers: ConnectionPool<MysqlConnection>,
  ) {
    super(dataSource, reader, tables);
    this.maxConcurrentCommits = writers.size;
  }

  /** Asks the application's pool how it takes texts. */
  async learnPool(): Promise<void> {
    const [row] = (await this.dataSource.query(takesTexts)) as { holds: unknown }[];
    this.poolTakesTexts = Number(row?.holds) === 1;
  }

  /** Where the pool would change a text, its bytes are sent, which the server stores as they are. */
  protected override bound(values: readonly unknown[]): unknown[] {
    return this.poolTakesTexts ? [...values] : values.map((value) => (Array.isArray(value) ? this.bound(value) : asBytes(value)));
  }

  protected override classify(error: unknown): ErrorClass {
    return classifyError(error);
  }

  override load(requests: readonly ProcessRequest[]): Promise<readonly (Loaded | null)[]> {
    return loadAll(this.reader, (id, version) => this.queries.versionsUpTo(id, version), requests);
  }

  override commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    if (changes.length === 0) return Promise.resolve([]);
    return this.writers.use((connection) => commitBatch(changes, (batch) => commitInTransaction(connection, batch), classifyError));
  }

  override commitWithin(manager: EntityManager, change: Change): Promise<Rejection | null> {
    return this.inTransactionOf(manager, () => commitThrough((statement) => this.runWithin(manager, statement), change, mysqlUpserts, isKeyTakenError));
  }

  /** MySQL does not tell which rows of an insert existed already. One is inserted alone; before many, those that exist are read. */
  override async keepMessages(messages: readonly MessageState[], manager?: EntityManager): Promise<readonly MessageState[]> {
    if (messages.length > 1 && !manager) return this.keepMany(messages);
    const known = manager
      ? await this.inTransactionOf(manager, () => keepEach(messages, (sql, values) => manager.query(this.tables.in(sql), this.bound(values))))
      : await this.writers.use((connection) => keepEach(messages, (sql, values) => connection.run(sql, values)));
    return this.messages([...new Set(known)]);
  }

  private async keepMany(messages: readonly MessageState[]): Promise<readonly MessageState[]> {
    const known = await this.messages([...new Set(messages.map(({ id }) => id))]);
    const ids = new Set(known.map(({ id }) => id));
    const rows = messages.filter(({ id }) => !ids.has(id)).map((message) => messageRow(message));
    await this.writers.use(async (connection) => {
      for (const piece of chunks(rows)) await connection.run(keepManySql, [piece]);
    });
    return known;
  }

  override async claimTasks(tasks: readonly TaskAt[], by: ClaimBy): Promise<readonly TaskAt[]> {
    if (tasks.length === 0) return [];
    return this.writers.use((connection) => claimInTransaction(connection, tasks, by));
  }
}

/** Ids are left as texts, as a rule: their index is of no use for bytes. */
function asBytes(value: unknown): unknown {
  return typeof value === 'string' && /[^\x20-\x7e]|['"\\]/.test(value) ? Buffer.from(value) : value;
}

/** The ids of messages that existed already. */
async function keepEach(messages: readonly MessageState[], run: RunSql): Promise<string[]> {
  const known: string[] = [];
  for (const message of messages) if (!(await isKept(run, message))) known.push(message.id);
  return known;
}

async function isKept(run: RunSql, message: MessageState): Promise<boolean> {
  try {
    await run(keepSql, [messageRow(message)]);
    return true;
  } catch (error) {
    if (isKeyTakenError(driverErrorOf(error))) return false;
    throw error;
  }
}
