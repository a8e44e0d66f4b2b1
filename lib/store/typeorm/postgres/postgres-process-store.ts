import type { DataSource, EntityManager } from 'typeorm';
import type { Change, MessageState } from '../../../core/change.js';
import type { Loaded, Rate, Rejection, TaskAt, Want } from '../../port.js';
import { beaten, settle } from '../batch.js';
import { columns } from '../columns.js';
import { checkPool } from '../pool-size.js';
import { Pool } from '../pool.js';
import { numbered, type Query } from '../query.js';
import { messageRow } from '../rows.js';
import type { FoundRow } from '../states.js';
import { TypeOrmProcessStore } from '../typeorm-process-store.js';
import { claimStatement, claimValues, taken } from './postgres-claim.js';
import { worded } from './commit-values.js';
import { PostgresConnection } from './postgres-connection.js';
import { loadedFrom, loadStatement, loadValues } from './load-statement.js';
import { claimAtRate } from './rate.js';
import { classifyError } from './postgres-errors.js';

const inbox = columns.workflow_inbox.join(', ');
const keep = `insert into workflow_inbox (${inbox}) select ${inbox} from json_populate_recordset(null::workflow_inbox, $1::json) on conflict do nothing returning id`;

/** Processes in PostgreSQL: each batch is one statement, and so one flush to the disk. */
export class PostgresProcessStore extends TypeOrmProcessStore {
  override readonly maxConcurrentCommits = 2;
  protected override readonly now = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
  private readonly writers: Pool<PostgresConnection>;
  private readonly readers: Pool<PostgresConnection>;
  private readonly names = new Map<string, string>();

  constructor(dataSource: DataSource, dataSourceName: string) {
    super(dataSource, dataSourceName);
    this.writers = new Pool([new PostgresConnection(dataSource), new PostgresConnection(dataSource)]);
    this.readers = new Pool([new PostgresConnection(dataSource)]);
  }

  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    checkPool(this.dataSource, this.dataSourceName, this.writers.all.length + this.readers.all.length);
    await super.open(schema);
  }

  override async close(): Promise<void> {
    await Promise.all([...this.writers.all, ...this.readers.all].map((lane) => lane.close()));
  }

  /* ----------------------------------------------------------------- writing ---- */

  override commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    if (changes.length === 0) return Promise.resolve([]);
    return this.writers.use((lane) => settle(changes, (batch) => commitOn(lane, batch), classifyError));
  }

  override async commitWithin(manager: EntityManager, change: Change): Promise<Rejection | null> {
    const { statement, values } = worded([change]);
    const [row] = (await manager.query(statement.text, [...values])) as { won: string[] | null }[];
    return row!.won === null ? null : beaten(change);
  }

  override async keepMessages(messages: readonly MessageState[], manager?: EntityManager): Promise<readonly MessageState[]> {
    if (messages.length === 0) return [];
    const rows = [JSON.stringify(messages.map(messageRow))];
    const kept = manager
      ? ((await manager.query(keep, rows)) as FoundRow[])
      : await this.readers.use((lane) => lane.run({ name: 'argonaut-keep', text: keep }, rows));
    const ids = new Set(kept.map(({ id }) => id));
    const known = messages.filter(({ id }) => !ids.has(id));
    return this.messages([...new Set(known.map(({ id }) => id))]);
  }

  override async claimTasks(tasks: readonly TaskAt[], by: { worker: string; now: number; rate?: Rate }): Promise<readonly TaskAt[]> {
    if (tasks.length === 0) return [];
    if (by.rate) return claimAtRate(this.dataSource, tasks, { ...by, rate: by.rate });
    return this.writers.use(async (lane) => taken(tasks, await lane.run(claimStatement, claimValues(tasks, by, tasks.length))));
  }

  /* ----------------------------------------------------------------- reading ---- */

  override async load(wants: readonly Want[]): Promise<readonly (Loaded | null)[]> {
    if (wants.length === 0) return [];
    return loadedFrom(wants, await this.readers.use((lane) => lane.run(loadStatement, loadValues(wants))));
  }

  override async rows({ sql, values }: Query): Promise<readonly FoundRow[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return (await runner.query(numbered(sql), [...values], true)).records as FoundRow[];
    } finally {
      await runner.release();
    }
  }

  protected override urgent({ sql, values }: Query): Promise<readonly FoundRow[]> {
    return this.writers.use((lane) => lane.run({ text: numbered(sql) }, values));
  }

  /** What messages are matched by: one array instead of a list, so that the statement stays prepared. */
  override listed(query: (list: Query) => Query, values: readonly string[]): Promise<FoundRow[]> {
    if (values.length === 0) return Promise.resolve([]);
    const made = query({ sql: '= any(?)', values: [values] });
    return this.readers.use((lane) => lane.run({ name: this.nameOf(made.sql), text: numbered(made.sql) }, made.values));
  }

  private nameOf(sql: string): string {
    const name = this.names.get(sql) ?? `argonaut-list-${this.names.size}`;
    this.names.set(sql, name);
    return name;
  }
}

async function commitOn(lane: PostgresConnection, changes: readonly Change[]): Promise<readonly Rejection[]> {
  const { statement, values } = worded(changes);
  const rows = await lane.run(statement, values);
  const won = rows[0]!.won as unknown as readonly string[] | null;
  return won === null ? [] : losersOf(changes, new Set(won));
}

function losersOf(changes: readonly Change[], won: ReadonlySet<string>): Rejection[] {
  return changes.filter(({ process }) => !won.has(process.id)).map(beaten);
}
