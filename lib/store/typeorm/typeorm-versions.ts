/** What TypeORM 0.3 and 1 do differently, as far as it concerns us. */
import type { DataSource, QueryRunner } from 'typeorm';

/** 0.3 calls it `connection`. */
export function dataSourceOf(queryRunner: QueryRunner): DataSource {
  return (queryRunner as Partial<QueryRunner>).dataSource ?? (queryRunner as unknown as { connection: DataSource }).connection;
}
