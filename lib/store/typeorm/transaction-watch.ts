import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

interface CommitCallback {
  /** The savepoint depth of the request. The callback is dropped if its savepoint is rolled back. */
  depth: number;
  readonly done: () => void;
  readonly undone: () => void;
}

/** Observes the ends of the application's transactions, and failing statements in those it watches. */
export class TransactionWatch implements EntitySubscriberInterface {
  private readonly callbacks = new WeakMap<QueryRunner, CommitCallback[]>();
  private readonly watched = new WeakMap<QueryRunner, (error: unknown) => void>();

  constructor(dataSource: DataSource) {
    // TypeORM types the field as read-only, but has no other way to listen from outside of its options.
    (dataSource.subscribers as EntitySubscriberInterface[]).push(this);
  }

  /** Calls `done` when the outermost transaction has committed, or `undone` if this part of it is rolled back. */
  afterCommit({ queryRunner }: EntityManager, done: () => void, undone: () => void = () => {}): void {
    if (!queryRunner?.isTransactionActive) return done();
    this.callbacks.set(queryRunner, [...this.of(queryRunner), { depth: depthOf(queryRunner), done, undone }]);
  }

  /** Reports from now on each failing statement of this transaction, even if its error is swallowed. */
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

/** After the release of a savepoint, its callbacks belong to the savepoint around it. */
function moveUp(callbacks: readonly CommitCallback[], depth: number): void {
  for (const each of callbacks) each.depth = Math.min(each.depth, depth);
}

/** Savepoints count: 1 is the transaction itself. */
export function depthOf(queryRunner: QueryRunner): number {
  return (queryRunner as unknown as { transactionDepth: number }).transactionDepth;
}
