import type { DataSource, QueryRunner } from 'typeorm';
import { digestOf } from '../../values/digest.js';
import type { TableNames } from './table-names.js';

type SchemaWork = (queryRunner: QueryRunner) => Promise<void>;

const LOCK_NAME = 'nestjs-argonaut-schema';
const LOCK_NUMBER = 7_245_118_204;

/** Runs `work` while no other instance does for these tables. Each schema and prefix has a lock of its own. */
export async function alone(dataSource: DataSource, tables: TableNames, work: SchemaWork): Promise<void> {
  const lock = lockOf(tables);
  const { type } = dataSource.options;
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.connect();
    await (type === 'postgres' ? inLockedTransaction(queryRunner, lock, work) : withNamedLock(queryRunner, lock, work));
  } finally {
    await queryRunner.release();
  }
}

/** Tables with their usual names have the lock that they have always had. */
function lockOf(tables: TableNames): number {
  if (tables.areUsual) return LOCK_NUMBER;
  return LOCK_NUMBER + Buffer.from(digestOf(tables.shown('workflow_process')), 'base64url').readUInt32BE();
}

/** In PostgreSQL the lock belongs to the transaction that makes the tables: behind a pooler the next statement may be in another session. */
async function inLockedTransaction(queryRunner: QueryRunner, lock: number, work: SchemaWork): Promise<void> {
  await queryRunner.startTransaction();
  try {
    await queryRunner.query(`select pg_advisory_xact_lock(${lock})`);
    await work(queryRunner);
    await queryRunner.commitTransaction();
  } catch (error) {
    await queryRunner.rollbackTransaction().catch(() => {}); // a lost connection has rolled back by itself
    throw error;
  }
}

/** In MySQL making a table ends the transaction, so the lock belongs to the session. */
async function withNamedLock(queryRunner: QueryRunner, lock: number, work: SchemaWork): Promise<void> {
  await queryRunner.query(`select get_lock('${LOCK_NAME}-${lock}', 60)`);
  try {
    await work(queryRunner);
  } finally {
    await queryRunner.query(`select release_lock('${LOCK_NAME}-${lock}')`).catch(() => {}); // a lost connection has released it already
  }
}
