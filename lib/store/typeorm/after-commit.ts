import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

interface PendingCallback {
  /** How deep in savepoints it was asked for: it dies with the one it belongs to. */
  depth: number;
  readonly done: () => void;
  readonly undone: () => void;
}

/** Calls back when the outermost transaction of a query runner has committed, and never if it was rolled back. */
export class AfterCommit implements EntitySubscriberInterface {
  private readonly pending = new WeakMap<QueryRunner, PendingCallback[]>();

  constructor(dataSource: DataSource) {
    // TypeORM calls the field read-only, and has no other way to listen from outside of its options.
    (dataSource.subscribers as EntitySubscriberInterface[]).push(this);
  }

  add({ queryRunner }: EntityManager, done: () => void, undone: () => void = () => {}): void {
    if (!queryRunner?.isTransactionActive) return done();
    this.pending.set(queryRunner, [...this.of(queryRunner), { depth: depthOf(queryRunner), done, undone }]);
  }

  afterTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): void {
    const pending = this.of(queryRunner);
    if (queryRunner.isTransactionActive) return moveUp(pending, depthOf(queryRunner));
    this.pending.delete(queryRunner);
    for (const { done } of pending) done();
  }

  afterTransactionRollback({ queryRunner }: { queryRunner: QueryRunner }): void {
    const depth = queryRunner.isTransactionActive ? depthOf(queryRunner) : 0;
    const pending = this.of(queryRunner);
    this.pending.set(
      queryRunner,
      pending.filter((each) => each.depth <= depth),
    );
    for (const { depth: asked, undone } of pending) if (asked > depth) undone();
  }

  private of(queryRunner: QueryRunner): PendingCallback[] {
    return this.pending.get(queryRunner) ?? [];
  }
}

/** A released savepoint: what it did belongs to the one around it now. */
function moveUp(pending: readonly PendingCallback[], depth: number): void {
  for (const each of pending) each.depth = Math.min(each.depth, depth);
}

function depthOf(queryRunner: QueryRunner): number {
  return (queryRunner as unknown as { transactionDepth: number }).transactionDepth;
}
