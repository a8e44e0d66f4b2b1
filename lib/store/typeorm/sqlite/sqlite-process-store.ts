import type { DataSource, EntityManager } from 'typeorm';
import type { Change, MessageState } from '../../../core/change.js';
import type { Rate, Rejection, TaskAt } from '../../port.js';
import { beaten, settle, type ErrorClass } from '../batch.js';
import { effectsOf, guardOf, oneByOne, sqliteUpserts } from '../change-statements.js';
import { commitThrough } from '../commit-through.js';
import { columns, valuesIn } from '../columns.js';
import { toFlows } from '../migrations/flows.js';
import { createTables } from '../migrations/sql.js';
import { existingColumns, existingColumnsQuery } from '../migrations/tables.js';
import { dialectOf } from '../migrations/words.js';
import type { Query } from '../query.js';
import { leftIn, windowAt } from '../../rate-window.js';
import { messageRow } from '../rows.js';
import type { FoundRow } from '../states.js';
import { TypeOrmProcessStore } from '../typeorm-process-store.js';
import { isTaken } from './native.js';
import { SqliteWriter } from './writer.js';

const type = 'better-sqlite3';
const dialect = dialectOf(type);

const keep = `insert or ignore into workflow_inbox (${columns.workflow_inbox.join(', ')}) values (${columns.workflow_inbox.map(() => '?').join(', ')})`;

const take = `update workflow_wait set worker = ?, claim = claim + 1, ready_at = null
  where process_id = ? and token_key = ? and run = ? and kind = 'task' and ready_at <= ?
  and exists (select 1 from workflow_process p where p.id = workflow_wait.process_id and p.status in ('running', 'waiting')) returning claim`;

/** Takes the write lock of the file without writing: a transaction that first reads could lose it on the way. */
const lockFile = 'update workflow_worker set seen_at = seen_at where 1 = 0';

/** Processes in a SQLite file, beside the application's connection. */
export class SqliteProcessStore extends TypeOrmProcessStore {
  protected override readonly now = `cast(unixepoch('subsec') * 1000 as integer)`;
  private readonly writer: SqliteWriter;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(dataSource: DataSource, dataSourceName: string, patienceMs?: number) {
    super(dataSource, dataSourceName);
    this.writer = new SqliteWriter(dataSource, patienceMs);
  }

  /** Tables are made in one turn as well: two instances may boot at once, even in one process. */
  override async open(schema: 'check' | 'migrate' | 'off'): Promise<void> {
    if (schema === 'migrate') await this.writer.write(() => this.migrate());
    await super.open(schema === 'migrate' ? 'check' : schema);
  }

  private migrate(): void {
    const run = (sql: string) => this.writer.run({ sql, values: [] });
    createTables(dialect.words, dialect.inlineIndexes).forEach(run);
    toFlows(dialect, existingColumns(this.writer.all({ sql: existingColumnsQuery(type), values: [] }))).forEach(run);
  }

  override async close(): Promise<void> {
    await this.turn;
    this.writer.close();
  }

  /* ----------------------------------------------------------------- writing ---- */

  override async commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    if (changes.length === 0) return [];
    return settle(
      changes,
      (batch) => this.writer.write(() => batch.map((change) => this.apply(change)).filter((rejection) => rejection !== null)),
      classifyError,
    );
  }

  override commitWithin(manager: EntityManager, change: Change): Promise<Rejection | null> {
    return commitThrough(manager, change, sqliteUpserts, isTaken);
  }

  /** TypeORM has one query runner for everybody here: two transactions at once would be one. */
  override async transaction<T>(work: (transaction: EntityManager) => Promise<T>): Promise<T> {
    const mine = this.turn.then(() => this.alone(work));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async alone<T>(work: (transaction: EntityManager) => Promise<T>): Promise<T> {
    await this.writer.untilIdle();
    return this.dataSource.transaction(async (manager) => {
      await manager.query(lockFile);
      return work(manager);
    });
  }

  private apply(change: Change): Rejection | null {
    try {
      if (this.writer.run(guardOf(change, sqliteUpserts)) === 0) return beaten(change);
    } catch (error) {
      if (isTaken(error)) return { change, reason: 'exists', error };
      throw error;
    }
    for (const statement of effectsOf(change, sqliteUpserts, oneByOne)) this.writer.run(statement);
    return null;
  }

  override async keepMessages(messages: readonly MessageState[], manager?: EntityManager): Promise<readonly MessageState[]> {
    if (messages.length === 0) return [];
    if (manager) return this.keepWithin(manager, messages);
    const known = await this.writer.write(() => messages.filter((message) => !this.keep(message)));
    return this.messages([...new Set(known.map(({ id }) => id))]);
  }

  private async keepWithin(manager: EntityManager, messages: readonly MessageState[]): Promise<readonly MessageState[]> {
    const known = await this.messages(messages.map(({ id }) => id));
    for (const message of messages) await manager.query(keep, valuesIn('workflow_inbox', messageRow(message)));
    return known;
  }

  private keep(message: MessageState): boolean {
    return this.writer.run({ sql: keep, values: valuesIn('workflow_inbox', messageRow(message)) }) > 0;
  }

  /* ------------------------------------------------------------------- tasks ---- */

  override async claimTasks(tasks: readonly TaskAt[], by: { worker: string; now: number; rate?: Rate }): Promise<readonly TaskAt[]> {
    if (tasks.length === 0) return [];
    const { rate } = by;
    return this.writer.write(() => (rate ? this.takeAtRate(tasks, { ...by, rate }) : this.take(tasks, by, tasks.length)));
  }

  private takeAtRate(tasks: readonly TaskAt[], by: { worker: string; now: number; rate: Rate }): TaskAt[] {
    const { queue } = tasks[0]!;
    const [row] = this.writer.all({ sql: 'select window_at, taken from workflow_rate where queue = ?', values: [queue] });
    const window = windowAt({ from: Number(row?.window_at ?? by.now), taken: Number(row?.taken ?? 0) }, by);
    const taken = this.take(tasks, by, leftIn(window, by.rate));
    const sql = `insert into workflow_rate (queue, window_at, taken) values (?, ?, ?)${this.overwrite('queue', ['window_at', 'taken'])}`;
    if (taken.length > 0) this.writer.run({ sql, values: [queue, window.from, window.taken + taken.length] });
    return taken;
  }

  private take(tasks: readonly TaskAt[], { worker, now }: { worker: string; now: number }, limit: number): TaskAt[] {
    const taken: TaskAt[] = [];
    for (const task of tasks) {
      if (taken.length === limit) break;
      const [row] = this.writer.all({ sql: take, values: [worker, task.processId, task.key, task.run, now] });
      if (row) taken.push({ ...task, claim: Number(row.claim) });
    }
    return taken;
  }

  /* ----------------------------------------------------------------- reading ---- */

  /** Single statements that write look at nothing first: they, too, wait for the application, and for other processes. */
  override async rows(query: Query): Promise<readonly FoundRow[]> {
    if (query.sql.startsWith('select')) return this.writer.all(query);
    return this.writer.write(() => this.writer.all(query));
  }
}

/** Anything but the data itself, and nothing can be said of the batch: it was rolled back, or the file is not there any more. */
function classifyError(error: unknown): ErrorClass {
  if (isTaken(error)) return 'exists';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/.test(code) ? 'data' : 'unknown';
}
