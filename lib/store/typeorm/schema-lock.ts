import type { DataSource, QueryRunner } from 'typeorm';

type SchemaWork = (queryRunner: QueryRunner) => Promise<void>;

const LOCK_NAME = 'nestjs-argonaut-schema';
const LOCK_NUMBER = 7_245_118_204;

/** Runs `work` while no other instance does. */
export async function alone(dataSource: DataSource, work: SchemaWork): Promise<void> {
  const { type } = dataSource.options;
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.connect();
    await (type === 'postgres' ? inLockedTransaction(queryRunner, work) : withNamedLock(queryRunner, work));
  } finally {
    await queryRunner.release();
  }
}

/** In PostgreSQL the lock belongs to the transaction that makes the tables: behind a pooler the next statement may be in another session. */
async function inLockedTransaction(queryRunner: QueryRunner, work: SchemaWork): Promise<void> {
  await queryRunner.startTransaction();
  try {
    await queryRunner.query(`select pg_advisory_xact_lock(${LOCK_NUMBER})`);
    await work(queryRunner);
    await queryRunner.commitTransaction();
  } catch (error) {
    await queryRunner.rollbackTransaction().catch(() => {}); // a lost connection has rolled back by itself
    throw error;
  }
}

/** In MySQL making a table ends the transaction, so the lock belongs to the session. */
async function withNamedLock(queryRunner: QueryRunner, work: SchemaWork): Promise<void> {
  await queryRunner.query(`select get_lock('${LOCK_NAME}', 60)`);
  try {
    await work(queryRunner);
  } finally {
    await queryRunner.query(`select release_lock('${LOCK_NAME}')`).catch(() => {}); // a lost connection has released it already
  }
}
