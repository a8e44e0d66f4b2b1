import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { Change, MessageState } from '../../../core/change.js';
import type { ClaimBy, Loaded, ProcessRequest, Rate, Rejection, TaskAt } from '../../port.js';
import { inTime } from '../../../values/in-time.js';
import { leftIn, windowAt } from '../../rate-window.js';
import { commitBatch, type ErrorClass, lostRace } from '../batch.js';
import { guardOf, historyOf, inEights, oneByOne, othersOf, sqliteUpserts } from '../change-statements.js';
import { columns } from '../columns.js';
import { commitThrough } from '../commit-through.js';
import { loadAll } from '../load.js';
import { onConflict } from '../overwrite.js';
import { isKnown } from '../query.js';
import { messageRow } from '../rows.js';
import type { TableNames } from '../table-names.js';
import { TypeOrmCommits } from '../typeorm-commits.js';
import type { TypeOrmQueries } from '../typeorm-queries.js';
import { classifyError, isKeyTaken } from './sqlite-errors.js';
import type { SqliteReader } from './sqlite-reader.js';
import type { SqliteWriter } from './writer.js';

const keepSql = `insert or ignore into workflow_inbox (${columns.workflow_inbox.join(', ')}) values (${columns.workflow_inbox.map(() => '?').join(', ')})`;

const takeSql = (isMeant: string) => `update workflow_wait set worker = ?, claim = claim + 1, ready_at = null
  where process_id = ? and token_key = ? and run = ? and kind = 'task' and ready_at <= ?
  and exists (select 1 from workflow_process p where p.id = workflow_wait.process_id and p.status in ('running', 'waiting') and ${isMeant}) returning claim`;

/** Takes the write lock of the file without writing. A transaction that reads first could fail to get it later. */
const lockFile = 'update workflow_worker set seen_at = seen_at where 1 = 0';

/** Each batch is one transaction within one turn of the event loop, beside the application's connection. */
export class SqliteCommits extends TypeOrmCommits {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    dataSource: DataSource,
    reader: SqliteReader,
    tables: TableNames,
    private readonly queries: TypeOrmQueries,
    private readonly writer: SqliteWriter,
  ) {
    super(dataSource, reader, tables);
  }

  protected override classify(error: unknown): ErrorClass {
    return classifyError(error);
  }

  override load(requests: readonly ProcessRequest[]): Promise<readonly (Loaded | null)[]> {
    return loadAll(this.reader, (id, version) => this.queries.versionsUpTo(id, version), requests);
  }

  /* ----------------------------------------------------------------- writing ---- */

  override async commit(changes: readonly Change[]): Promise<readonly Rejection[]> {
    if (changes.length === 0) return [];
    return commitBatch(changes, (batch) => this.writer.write(() => this.applyAll(batch)), classifyError);
  }

  override commitWithin(manager: EntityManager, change: Change): Promise<Rejection | null> {
    return this.inTransactionOf(manager, () => commitThrough((statement) => this.runWithin(manager, statement), change, sqliteUpserts, isKeyTaken));
  }

  private applyAll(changes: readonly Change[]): Rejection[] {
    const rejections = changes.map((change) => this.guard(change)).filter((rejection) => rejection !== null);
    const refused = new Set(rejections.map(({ change }) => change));
    const passed = refused.size === 0 ? changes : changes.filter((change) => !refused.has(change));
    for (const statement of historyOf(passed, inEights)) this.writer.run(statement);
    for (const change of passed) for (const statement of othersOf(change, sqliteUpserts, oneByOne)) this.writer.run(statement);
    return rejections;
  }

  private guard(change: Change): Rejection | null {
    try {
      return this.writer.run(guardOf(change)) > 0 ? null : lostRace(change);
    } catch (error) {
      if (isKeyTaken(error)) return { change, reason: 'exists', error };
      throw error;
    }
  }

  /** Runs transactions one after the other: TypeORM has one query runner for SQLite, so two at once would be one transaction. */
  override async transaction<T>(work: (transaction: EntityManager) => Promise<T>): Promise<T> {
    const mine = this.turn.then(() => this.transactionAlone(work));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async transactionAlone<T>(work: (transaction: EntityManager) => Promise<T>): Promise<T> {
    await this.writer.untilIdle();
    return super.transaction(async (manager) => {
      await manager.query(this.tables.in(lockFile));
      return work(manager);
    });
  }

  /** Resolves when no transaction that was opened here is running, or after a while: the body of a step may hang, and the file may be locked. */
  async quiet(): Promise<void> {
    if (await inTime(this.turn, this.writer.patienceMs)) return;
    const left = `A transactional step still holds its transaction after ${this.writer.patienceMs} ms`;
    new Logger('Workflow').warn(`${left}: it is rolled back, because the application closes, and the step will run again.`);
    this.writer.rollBackApplication();
  }

  /* ---------------------------------------------------------------- messages ---- */

  override async keepMessages(messages: readonly MessageState[], manager?: EntityManager): Promise<readonly MessageState[]> {
    if (messages.length === 0) return [];
    if (manager) return this.inTransactionOf(manager, () => this.keepWithin(manager, messages));
    const known = await this.writer.write(() => messages.filter((message) => !this.keep(message)));
    return this.messages([...new Set(known.map(({ id }) => id))]);
  }

  private async keepWithin(manager: EntityManager, messages: readonly MessageState[]): Promise<readonly MessageState[]> {
    const known = await this.messages(messages.map(({ id }) => id));
    for (const message of messages) await manager.query(this.tables.in(keepSql), [...messageRow(message)]);
    return known;
  }

  private keep(message: MessageState): boolean {
    return this.writer.run({ sql: keepSql, values: messageRow(message) }) > 0;
  }

  /* ------------------------------------------------------------------- tasks ---- */

  override async claimTasks(tasks: readonly TaskAt[], by: ClaimBy): Promise<readonly TaskAt[]> {
    if (tasks.length === 0) return [];
    const { rate } = by;
    return this.writer.write(() => (rate ? this.takeAtRate(tasks, by, rate) : this.take(tasks, by, tasks.length)));
  }

  private takeAtRate(tasks: readonly TaskAt[], by: ClaimBy, rate: Rate): TaskAt[] {
    const { queue } = tasks[0]!;
    const [row] = this.writer.all({ sql: 'select window_at, taken from workflow_rate where queue = ?', values: [queue] });
    const last = row && { from: Number(row.window_at), taken: Number(row.taken) };
    const window = windowAt(last, { now: by.now, rate });
    const taken = this.take(tasks, by, leftIn(window, rate));
    const sql = `insert into workflow_rate (queue, window_at, taken) values (?, ?, ?)${onConflict(['queue'], ['window_at', 'taken'])}`;
    if (taken.length > 0) this.writer.run({ sql, values: [queue, window.from, window.taken + taken.length] });
    return taken;
  }

  private take(tasks: readonly TaskAt[], { worker, now, workflows }: ClaimBy, limit: number): TaskAt[] {
    const known = isKnown(workflows);
    const sql = takeSql(known.sql);
    const taken: TaskAt[] = [];
    for (const task of tasks) {
      if (taken.length === limit) break;
      const [row] = this.writer.all({ sql, values: [worker, task.processId, task.key, task.run, now, ...known.values] });
      if (row) taken.push({ ...task, claim: Number(row.claim) });
    }
    return taken;
  }
}
