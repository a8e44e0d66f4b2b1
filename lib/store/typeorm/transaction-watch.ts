import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

interface CommitCallback {
  /** How deep in savepoints it was asked for: it dies with the one it belongs to. */
  depth: number;
  readonly done: () => void;
  readonly undone: () => void;
}

/** Hears of the ends of the application's transactions, and of statements that fail in those it watches. */
export class TransactionWatch implements EntitySubscriberInterface {
  private readonly callbacks = new WeakMap<QueryRunner, CommitCallback[]>();
  private readonly watched = new WeakMap<QueryRunner, (error: unknown) => void>();

  constructor(dataSource: DataSource) {
    // TypeORM calls the field read-only, and has no other way to listen from outside of its options.
    (dataSource.subscribers as EntitySubscriberInterface[]).push(this);
  }

  /** Calls back when the outermost transaction has committed, and never if it was rolled back. */
  afterCommit({ queryRunner }: EntityManager, done: () => void, undone: () => void = () => {}): void {
    if (!queryRunner?.isTransactionActive) return done();
    this.callbacks.set(queryRunner, [...this.of(queryRunner), { depth: depthOf(queryRunner), done, undone }]);
  }

  /** From now on, tells of each statement of this transaction that fails, also of those whose error is swallowed. */
  watchFailures({ queryRunner }: EntityManager, failed: (error: unknown) => void): void {
    if (queryRunner) this.watched.set(queryRunner, failed);
  }

  afterQuery({ queryRunner, success, error }: { queryRunner: QueryRunner; success: boolean; error?: unknown }): void {
    if (!success) this.watched.get(queryRunner)?.(error);
  }

  afterTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): void {
    const callbacks = this.of(queryRunner);
    if (queryRunner.isTransactionActive) return moveUp(callbacks, depthOf(queryRunner));
    this.callbacks.delete(queryRunner);
    for (const { done } of callbacks) done();
  }

  afterTransactionRollback({ queryRunner }: { queryRunner: QueryRunner }): void {
    const depth = queryRunner.isTransactionActive ? depthOf(queryRunner) : 0;
    const callbacks = this.of(queryRunner);
    this.callbacks.set(
      queryRunner,
      callbacks.filter((each) => each.depth <= depth),
    );
    for (const { depth: asked, undone } of callbacks) if (asked > depth) undone();
  }

  private of(queryRunner: QueryRunner): CommitCallback[] {
    return this.callbacks.get(queryRunner) ?? [];
  }
}

/** A released savepoint: what it did belongs to the one around it now. */
function moveUp(callbacks: readonly CommitCallback[], depth: number): void {
  for (const each of callbacks) each.depth = Math.min(each.depth, depth);
}

/** Savepoints count: 1 is the transaction itself. */
export function depthOf(queryRunner: QueryRunner): number {
  return (queryRunner as unknown as { transactionDepth: number }).transactionDepth;
}
