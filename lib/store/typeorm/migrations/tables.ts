import { columns } from '../columns.js';
import type { TableNames } from '../table-names.js';

/** The columns that each table must have. */
export const workflowColumns: Readonly<Record<string, readonly string[]>> = {
  ...columns,
  workflow_worker: ['id', 'seen_at', 'started_at'],
  workflow_rate: ['queue', 'window_at', 'taken'],
};

export const workflowTables: readonly string[] = Object.keys(workflowColumns);

/** The columns of each existing table. A migration decides by these alone. */
export type ExistingColumns = ReadonlyMap<string, ReadonlySet<string>>;

const informed = (where: string, names: TableNames) => `select table_name as tab, column_name as col from information_schema.columns
  where ${where} and table_name in (${storedList(names)})`;

/** Names of indexes, which are no names of columns. They do not begin with the prefix of the tables. */
const indexesOnMysql = (names: TableNames) => `select table_name as tab, index_name as col from information_schema.statistics
  where table_schema = database() and table_name in (${storedList(names)})`;

const sqlite = `select t.name as tab, c.name as col from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'`;

/** The names that the database has for our tables, as a list of texts in SQL. */
export function storedList(names: TableNames): string {
  return workflowTables.map((table) => `'${names.stored(table)}'`).join(', ');
}

/** The query for the existing columns on this type of data source. */
export function existingColumnsQuery(type: string, names: TableNames): string {
  if (type === 'postgres') return informed(names.schema === null ? 'table_schema = any(current_schemas(false))' : `table_schema = '${names.schema}'`, names);
  if (type === 'mysql' || type === 'mariadb') return `${informed('table_schema = database()', names)} union ${indexesOnMysql(names)}`;
  return sqlite;
}

export function existingColumns(rows: readonly Readonly<Record<string, unknown>>[], names: TableNames): ExistingColumns {
  const standing = new Map<string, Set<string>>();
  for (const { tab, col } of rows) {
    const table = names.ours(String(tab));
    if (table !== undefined) standing.set(table, (standing.get(table) ?? new Set()).add(String(col)));
  }
  return standing;
}
