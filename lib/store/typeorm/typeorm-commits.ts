import type { DataSource, EntityManager } from 'typeorm';
import type { MessageState } from '../../core/change.js';
import { InvalidInputError, StoreUnavailableError } from '../../values/errors.js';
import { reasonOf } from '../../values/reason.js';
import { CommitStore, NEWEST } from '../commit-store.js';
import type { WaitAt } from '../port.js';
import { TransactionLostError } from '../transaction-lost.js';
import { type ErrorClass, isInfrastructure } from './batch.js';
import type { Statement } from './change-statements.js';
import { poolSizeOf } from './connections/pool-size.js';
import type { SqlReader } from './sql-reader.js';
import { messageState, waitAt } from './states.js';
import type { TableNames } from './table-names.js';
import { depthOf, TransactionWatch } from './transaction-watch.js';

/** A savepoint that lives as long as the transaction that was opened: a commit, a rollback or a deadlock ends it. */
const SAVEPOINT = 'workflow_step';

const NOT_OPEN = 'its transaction is not open. Give the one that `dataSource.transaction(async (manager) => ...)` hands out, until that ends';

/** A transaction that was opened here: the first failure of the database in it, and what its work threw. */
interface OpenTransaction {
  failure?: unknown;
  thrown?: unknown;
}

/** The part of the write path that all databases share: finds messages by address, and uses transactions of the application. */
export abstract class TypeOrmCommits extends CommitStore<EntityManager> {
  override readonly maxTransactions: number;
  private readonly watch: TransactionWatch;
  /** Transactions that were opened here, with what failed in them. */
  private readonly opened = new WeakMap<EntityManager, OpenTransaction>();

  constructor(
    protected readonly dataSource: DataSource,
    protected readonly reader: SqlReader,
    protected readonly tables: TableNames,
  ) {
    super();
    this.maxTransactions = poolSizeOf(dataSource.options);
    this.watch = new TransactionWatch(dataSource);
  }

  protected abstract classify(error: unknown): ErrorClass;

  override afterCommit(transaction: EntityManager, done: () => void, undone?: () => void): void {
    this.watch.afterCommit(transaction, done, undone);
  }

  /* ------------------------------------------------------------- transactions ---- */

  /** @throws TransactionLostError if the database failed, even if `work` has swallowed its error */
  override async transaction<T>(work: (transaction: EntityManager) => Promise<T>): Promise<T> {
    const state: OpenTransaction = {};
    try {
      return await this.dataSource.transaction((manager) => this.workIn(manager, state, work));
    } catch (error) {
      if (state.failure !== undefined) throw new TransactionLostError(state.failure);
      const isOfWork = 'thrown' in state && state.thrown === error; // else TypeORM could not begin, commit or roll back
      throw isOfWork ? error : this.lostUnlessOther(error);
    }
  }

  private async workIn<T>(manager: EntityManager, state: OpenTransaction, work: (transaction: EntityManager) => Promise<T>): Promise<T> {
    this.opened.set(manager, state);
    this.watch.watchFailures(manager, (error) => (state.failure ??= this.infrastructureIn(error)));
    await manager.query(`savepoint ${SAVEPOINT}`);
    const unwatch = await watchConnection(manager, (error) => (state.failure ??= error));
    try {
      return await work(manager);
    } catch (error) {
      state.thrown = error;
      throw error;
    } finally {
      unwatch();
    }
  }

  private infrastructureIn(error: unknown): unknown {
    const cause = driverErrorOf(error);
    return isInfrastructure(this.classify(cause)) ? cause : undefined;
  }

  private lostUnlessOther(error: unknown): unknown {
    return error instanceof TransactionLostError || this.infrastructureIn(error) === undefined ? error : new TransactionLostError(error);
  }

  /** Checks that the transaction that was opened here is still open. @throws TransactionLostError, or Error if the body has ended it */
  protected async checkTransaction(manager: EntityManager): Promise<void> {
    const state = this.opened.get(manager);
    if (!state || depthOf(manager.queryRunner!) > 1) return; // a transaction of the caller, or a savepoint that may yet be rolled back
    const renew = async () => {
      await manager.query(`release savepoint ${SAVEPOINT}`);
      await manager.query(`savepoint ${SAVEPOINT}`);
    };
    await renew().catch((error: unknown) => {
      if (state.failure === undefined) throw new Error(`its transaction was over before the step was: ${reasonOf(error)}`, { cause: error });
    });
    if (state.failure !== undefined) throw new TransactionLostError(state.failure);
  }

  /** Reports an outage in a transaction of the caller as everywhere else. @throws StoreUnavailableError, or InvalidInputError if none is open */
  protected async inTransactionOf<T>(manager: EntityManager, work: () => Promise<T>): Promise<T> {
    if (!manager.queryRunner?.isTransactionActive) throw new InvalidInputError('manager', [NOT_OPEN]); // PostgreSQL would commit each statement by itself
    await this.checkTransaction(manager);
    try {
      return await work();
    } catch (error) {
      throw this.classify(driverErrorOf(error)) === 'unavailable' ? new StoreUnavailableError(error) : error;
    }
  }

  /** Runs a statement through the application's connection. */
  protected async runWithin(manager: EntityManager, { sql, values }: Statement): Promise<number> {
    return (await manager.queryRunner!.query(this.tables.in(sql), this.bound(values), true)).affected ?? 0;
  }

  /** The values as the application's connection takes them. */
  protected bound(values: readonly unknown[]): unknown[] {
    return [...values];
  }

  /* ----------------------------------------------------------------- messages ---- */

  override async waitsAt(addresses: readonly string[]): Promise<readonly WaitAt[]> {
    const sql = (list: string) =>
      `select w.*, ${processOf('workflow')}, ${processOf('workflow_version')} from workflow_wait w where w.address ${list} order by w.since, w.run`;
    const rows = await this.reader.listed(sql, addresses);
    return rows.map(waitAt).filter(({ address }) => addresses.includes(address));
  }

  override async messagesAt(addresses: readonly string[]): Promise<readonly MessageState[]> {
    const sql = (list: string) => `select * from workflow_inbox where disposition = 'stored' and address ${list} order by received_at, id`;
    const rows = await this.reader.listed(sql, addresses);
    return rows.map(messageState).filter(({ address }) => addresses.includes(address));
  }

  /** Each part goes by the index of addresses, however many messages there have been. */
  override async knownAt(addresses: readonly string[]): Promise<readonly MessageState[]> {
    const parts = addresses.flatMap((address) => recognised.map((disposition) => [address, disposition]));
    const sql = parts.map((_, i) => `select * from (${newestAt}) m${i}`).join(' union all ');
    const found = (await this.reader.rows({ sql, values: parts.flat() })).map(messageState).filter(({ address }) => addresses.includes(address));
    return found.sort((a, b) => b.receivedAt - a.receivedAt || (a.id < b.id ? 1 : -1));
  }

  protected async messages(ids: readonly string[]): Promise<MessageState[]> {
    return (await this.reader.listed((list) => `select * from workflow_inbox where id ${list}`, ids)).map(messageState);
  }
}

const recognised = ['stored', 'delivered', 'late', 'refused', 'discarded'] as const;
const newestAt = `select * from workflow_inbox where address = ? and disposition = ? order by received_at desc, id desc limit ${NEWEST}`;

/** A column of the process of a wait. No planner turns a subquery in the list into a join. */
function processOf(column: string): string {
  return `(select p.${column} from workflow_process p where p.id = w.process_id) as ${column}`;
}

/**
 * Reports that the connection of a transaction broke. TypeORM then releases it, and refuses each later statement with an error of its own
 * that says nothing of the connection.
 */
async function watchConnection({ queryRunner }: EntityManager, broke: (error: unknown) => void): Promise<() => void> {
  const client = (await queryRunner!.connect()) as Partial<NodeJS.EventEmitter> | undefined;
  if (typeof client?.on !== 'function' || typeof client.off !== 'function') return () => {}; // SQLite has no connection that could break
  const heard = (error: unknown = new Error('the connection was closed')) => broke(error);
  client.on('error', heard);
  client.on('end', heard);
  return () => void client.off?.('error', heard).off('end', heard);
}

/** The error of the driver, which TypeORM wraps. */
export function driverErrorOf(error: unknown): unknown {
  return (error as { driverError?: unknown } | null)?.driverError ?? error;
}
