import type { DataSource, EntityManager } from 'typeorm';
import type { Change, MessageState } from '../../../core/change.js';
import type { Rate, Rejection, TaskAt } from '../../port.js';
import { settle } from '../batch.js';
import { mysqlUpserts } from '../change-statements.js';
import { columns, valuesIn } from '../columns.js';
import { commitThrough } from '../commit-through.js';
import { onDuplicateKey } from '../overwrite.js';
import { checkPool } from '../pool-size.js';
import { Pool } from '../pool.js';
import type { Query } from '../query.js';
import { messageRow } from '../rows.js';
import type { FoundRow } from '../states.js';
import { TypeOrmProcessStore } from '../typeorm-process-store.js';
import { commitOn } from './batch-commit.js';
import { claim } from './mysql-claim.js';
import { MysqlConnection } from './mysql-connection.js';
import { isTaken, classifyError } from './mysql-errors.js';

const keep = `insert into workflow_inbox (${columns.workflow_inbox.join(', ')}) values (?)`;

/** Processes in MySQL 8 or MariaDB 10.6 and later: each batch is one transaction of a few statements. */
export class MysqlProcessStore extends TypeOrmProcessStore {
  override readonly maxConcurrentCommits = 2;
  protected override readonly now = 'cast(unix_timestamp(now(3)) * 1000 as unsigned)';
  protected override readonly unlessThere = '';
  protected override readonly endOfChild = `concat('c:', c.id)`;
  private readonly writers: Pool<MysqlConnection>;

  constructor(dataSource: DataSource, dataSourceName: string) {
    super(dataSource, dataSourceName);
    this.writers = new Pool([new MysqlConnection(dataSource), new MysqlConnection(dataSource)]);
  }

  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    checkPool(this.dataSource, this.dataSourceName, this.writers.all.length);
    await super.open(schema);
  }

  override async close(): Promise<void> {
    await Promise.all(this.writers.all.map((lane) => lane.close()));
  }

  override commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    if (changes.length === 0) return Promise.resolve([]);
    return this.writers.use((lane) => settle(changes, (batch) => commitOn(lane, batch), classifyError));
  }

  override commitWithin(manager: EntityManager, change: Change): Promise<Rejection | null> {
    return commitThrough(manager, change, mysqlUpserts, isTaken);
  }

  /** One by one: MySQL does not say which rows of an insert were there already. */
  override async keepMessages(messages: readonly MessageState[], manager?: EntityManager): Promise<readonly MessageState[]> {
    const known = new Set<string>();
    const keepAll = async (run: Run) => {
      for (const message of messages) if (!(await kept(run, message))) known.add(message.id);
    };
    await (manager ? keepAll((sql, values) => manager.query(sql, [...values])) : this.writers.use((lane) => keepAll((sql, values) => lane.run(sql, values))));
    return this.messages([...known]);
  }

  override async claimTasks(tasks: readonly TaskAt[], by: { worker: string; now: number; rate?: Rate }): Promise<readonly TaskAt[]> {
    if (tasks.length === 0) return [];
    return this.writers.use((lane) => claim(lane, tasks, by));
  }

  /** The text protocol: a prepared statement would not take a number for its `limit`. */
  override async rows({ sql, values }: Query): Promise<readonly FoundRow[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return (await runner.query(sql, [...values], true)).records as FoundRow[];
    } finally {
      await runner.release();
    }
  }

  protected override async urgent({ sql, values }: Query): Promise<readonly FoundRow[]> {
    return this.writers.use(async (lane) => (await lane.run(sql, values)).rows);
  }

  /** It has no word for a row that may be there but an error. */
  protected override changed({ sql, values }: Query): Promise<number> {
    return this.writers
      .use((lane) => lane.run(sql, values))
      .then(
        ({ affected }) => affected,
        (error: unknown) => {
          if (isTaken(error)) return 0;
          throw error;
        },
      );
  }

  protected override overwrite(_key: string, names: readonly string[]): string {
    return onDuplicateKey(names);
  }
}

type Run = (sql: string, values: readonly unknown[]) => Promise<unknown>;

function kept(run: Run, message: MessageState): Promise<boolean> {
  return run(keep, [valuesIn('workflow_inbox', messageRow(message))]).then(
    () => true,
    (error: unknown) => {
      if (isTaken((error as { driverError?: unknown }).driverError ?? error)) return false;
      throw error;
    },
  );
}
