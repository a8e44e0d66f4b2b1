import type { DataSource, EntityManager } from 'typeorm';
import { MysqlProcessStore } from './mysql/mysql-process-store.js';
import { PostgresProcessStore } from './postgres/postgres-process-store.js';
import { SqliteProcessStore } from './sqlite/sqlite-process-store.js';
import type { ProcessStore } from '../process-store.js';

/** The store for this data source, by its type. */
export function createTypeOrmStore(dataSource: DataSource, dataSourceName = 'default'): ProcessStore<EntityManager> {
  const { type } = dataSource.options;
  switch (type) {
    case 'postgres':
      return new PostgresProcessStore(dataSource, dataSourceName);
    case 'mysql':
    case 'mariadb':
      return new MysqlProcessStore(dataSource, dataSourceName);
    case 'better-sqlite3':
      return new SqliteProcessStore(dataSource, dataSourceName);
    default:
      throw new Error(`The data source "${dataSourceName}" is of type "${type}": processes can live in postgres, mysql, mariadb or better-sqlite3.`);
  }
}
