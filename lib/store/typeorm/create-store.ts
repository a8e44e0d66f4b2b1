import type { DataSource, EntityManager } from 'typeorm';
import type { TableOptions } from '../../engine/options.js';
import { MysqlProcessStore } from './mysql/mysql-process-store.js';
import { PostgresProcessStore } from './postgres/postgres-process-store.js';
import { SqliteProcessStore } from './sqlite/sqlite-process-store.js';
import type { ProcessStore } from '../process-store.js';

/** The store for this data source, by its type. `tables`: where its tables are, if not where the data source says. */
export function createTypeOrmStore(dataSource: DataSource, dataSourceName = 'default', tables: TableOptions = {}): ProcessStore<EntityManager> {
  const { type } = dataSource.options;
  switch (type) {
    case 'postgres':
      return new PostgresProcessStore(dataSource, dataSourceName, tables);
    case 'mysql':
    case 'mariadb':
      return new MysqlProcessStore(dataSource, dataSourceName, tables);
    case 'better-sqlite3':
      return new SqliteProcessStore(dataSource, dataSourceName, tables);
    default:
      throw new Error(
        `The data source "${dataSourceName}" is of type "${type}": processes can live in postgres, mysql, mariadb or better-sqlite3.${otherDriverThan(type)}`,
      );
  }
}

/** TypeORM 0.3 has a driver of its own for the package `sqlite3`. */
function otherDriverThan(type: string): string {
  if (type !== 'sqlite') return '';
  return " The package sqlite3 answers in a later turn of the event loop, so it cannot be used: `npm install better-sqlite3`, and say `type: 'better-sqlite3'`.";
}
