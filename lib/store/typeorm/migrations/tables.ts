import { columns } from '../columns.js';
import type { TableNames } from '../table-names.js';

/** The columns that each table must have. */
export const workflowColumns: Readonly<Record<string, readonly string[]>> = {
  ...columns,
  workflow_worker: ['id', 'seen_at', 'started_at', 'report'],
  workflow_rate: ['queue', 'window_at', 'taken'],
};

export const workflowTables: readonly string[] = Object.keys(workflowColumns);

/** Names all columns, and reads nothing. */
export const allColumns = `select ${Object.entries(workflowColumns)
  .map(([table, columns]) => `exists (select ${columns.join(', ')} from ${table} where 1 = 0) as has_${table}`)
  .join(', ')}`;

/** Indexes that came without a column, by the end of their names: only their absence tells that a migration is missing. */
export const workflowIndexes: Readonly<Record<string, readonly string[]>> = { workflow_process: ['finished', 'status', 'state', 'named', 'versions'] };

/** The columns of each existing table, and its indexes as `index <end of the name>`. A migration decides by these alone. */
export type ExistingColumns = ReadonlyMap<string, ReadonlySet<string>>;

const informed = (where: string, names: TableNames) => `select table_name as tab, column_name as col from information_schema.columns
  where ${where} and table_name in (${storedList(names)})`;
const indexed = (table: string, name: string, from: string, where: string, names: TableNames) =>
  ` union all select distinct ${table} as tab, concat('index ', ${name}) as col from ${from} where ${where} and ${table} in (${storedList(names)})`;

const sqlite = `select t.name as tab, c.name as col from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'
  union all select tbl_name as tab, 'index ' || name as col from sqlite_master where type = 'index'`;

/** The names that the database has for our tables, as a list of texts in SQL. */
export function storedList(names: TableNames): string {
  return workflowTables.map((table) => `'${names.stored(table)}'`).join(', ');
}

/** The query for the existing columns on this type of data source. */
export function existingColumnsQuery(type: string, names: TableNames): string {
  if (type === 'postgres') {
    const schema = names.schema === null ? '= any(current_schemas(false))' : `= '${names.schema}'`;
    return informed(`table_schema ${schema}`, names) + indexed('tablename', 'indexname', 'pg_indexes', `schemaname ${schema}`, names);
  }
  if (type !== 'mysql' && type !== 'mariadb') return sqlite;
  const here = 'table_schema = database()';
  return informed(here, names) + indexed('table_name', 'index_name', 'information_schema.statistics', here, names);
}

export function existingColumns(rows: readonly Readonly<Record<string, unknown>>[], names: TableNames): ExistingColumns {
  const standing = new Map<string, Set<string>>();
  for (const { tab, col } of rows) {
    const table = names.ours(String(tab));
    if (table !== undefined) standing.set(table, (standing.get(table) ?? new Set()).add(partName(String(col))));
  }
  return standing;
}

/** The name of an index begins with that of its table, which may have a prefix. */
function partName(col: string): string {
  return col.startsWith('index ') ? `index ${col.slice(col.lastIndexOf('_') + 1)}` : col;
}
