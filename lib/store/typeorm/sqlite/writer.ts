import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { NotWrittenError } from '../../not-written.js';
import { checkBound, type Query } from '../query.js';
import type { FoundRow } from '../states.js';
import type { TableNames } from '../table-names.js';
import { connectionOf, isInMemory, type NativeDatabase, type NativeStatement, openOwn } from './native.js';
import { isLocked } from './sqlite-errors.js';

const patience = 5000;

/**
 * The engine's own connection. Writes whole transactions, each within one turn of the event loop: no other code in this
 * process sees one half done, and a rollback of the application undoes none of them.
 */
export class SqliteWriter {
  private own: NativeDatabase | null = null;
  private closed = false;
  private readonly statements = new Map<string, NativeStatement>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: TableNames,
    /** The longest wait for the file, or for a transaction. */
    readonly patienceMs = patience,
  ) {}

  /** Runs `work` in a transaction, and tries again while the file is locked. `work` must not wait for anything. */
  async write<T>(work: () => T): Promise<T> {
    return (await this.patiently(() => this.attempt(work))).result;
  }

  run({ sql, values }: Query): number {
    checkBound(values);
    return this.prepared(sql).run(values).changes;
  }

  all({ sql, values }: Query): FoundRow[] {
    checkBound(values);
    const statement = this.prepared(sql);
    if (statement.reader) return statement.all(values) as FoundRow[];
    statement.run(values);
    return [];
  }

  /** Waits until the application is in no transaction on its one connection. One that is about to begin has begun after one turn. */
  async untilIdle(): Promise<void> {
    await immediate();
    await this.patiently(() => !this.isApplicationBusy() || null);
  }

  /** libsql would keep the file locked after it is closed. */
  rollBackApplication(): void {
    const { isInitialized } = this.dataSource;
    if (isInitialized && connectionOf(this.dataSource).inTransaction) connectionOf(this.dataSource).exec('rollback');
  }

  close(): void {
    this.closed = true;
    this.statements.clear();
    this.own?.close();
    this.own = null;
  }

  /** Asks until it is not answered with null. */
  private async patiently<T>(ask: () => T | null): Promise<T> {
    const until = Date.now() + this.patienceMs;
    for (;;) {
      const answer = ask();
      if (answer !== null) return answer;
      if (Date.now() > until) throw this.lostPatience();
      await pause(1 + Math.random() * 3);
    }
  }

  /**
   * Null while the application is in a transaction, or the file is locked. After a write of ours, an application that has read
   * could not write any more in its transaction (SQLITE_BUSY_SNAPSHOT), however long it waits.
   */
  private attempt<T>(work: () => T): { result: T } | null {
    if (this.isApplicationBusy()) return null;
    try {
      return { result: this.inTransaction(work) };
    } catch (error) {
      if (isLocked(error)) return null;
      throw error;
    }
  }

  private inTransaction<T>(work: () => T): T {
    const { database } = this;
    database.exec('begin immediate');
    try {
      const result = work();
      database.exec('commit');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('rollback');
      throw error;
    }
  }

  private isApplicationBusy(): boolean {
    if (this.closed || !this.dataSource.isInitialized) throw new Error('The database is closed.'); // libsql would end the whole process here
    // TypeORM's own flag stays set for ever after a BEGIN that failed.
    return connectionOf(this.dataSource).inTransaction;
  }

  private get database(): NativeDatabase {
    if (this.closed) throw new Error('The database is closed.');
    if (isInMemory(this.dataSource)) return connectionOf(this.dataSource);
    return (this.own ??= openOwn(this.dataSource));
  }

  private prepared(sql: string): NativeStatement {
    const known = this.statements.get(sql);
    if (known) return known;
    const made = this.database.prepare(this.tables.in(sql));
    this.statements.set(sql, made);
    return made;
  }

  private lostPatience(): Error {
    if (!this.isApplicationBusy()) return new NotWrittenError(`The database file was locked by another process for ${this.patienceMs} ms.`);
    return new NotWrittenError(
      `A transaction of the application stayed open for ${this.patienceMs} ms, and SQLite takes one at a time. ` +
        'What belongs into that transaction must be given its `manager`; what does not must not be awaited inside of it.',
    );
  }
}
