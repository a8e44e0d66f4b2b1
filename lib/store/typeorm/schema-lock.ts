import type { DataSource, QueryRunner } from 'typeorm';

type Work = (queryRunner: QueryRunner) => Promise<void>;

const lockName = 'nestjs-argonaut-schema';
const lockNumber = 7_245_118_204;

/** Runs `work` while no other instance does. */
export async function alone(dataSource: DataSource, work: Work): Promise<void> {
  const { type } = dataSource.options;
  if (type === 'postgres') return held(dataSource, `select pg_advisory_lock(${lockNumber})`, `select pg_advisory_unlock(${lockNumber})`, work);
  if (type === 'mysql' || type === 'mariadb') return held(dataSource, `select get_lock('${lockName}', 60)`, `select release_lock('${lockName}')`, work);
  throw new Error(`No way to lock a data source of type "${type}".`);
}

async function held(dataSource: DataSource, lock: string, unlock: string, work: Work): Promise<void> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.query(lock);
    await work(queryRunner);
  } finally {
    await queryRunner.query(unlock).catch(() => {}); // a lost connection has let it go itself
    await queryRunner.release();
  }
}
