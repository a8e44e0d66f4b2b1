import { columns } from '../columns.js';

/** The columns that each table must have. */
export const workflowColumns: Readonly<Record<string, readonly string[]>> = {
  ...columns,
  workflow_worker: ['id', 'seen_at', 'started_at'],
  workflow_rate: ['queue', 'window_at', 'taken'],
};

export const workflowTables: readonly string[] = Object.keys(workflowColumns);

/** The columns of each existing table. A migration decides by these alone. */
export type ExistingColumns = ReadonlyMap<string, ReadonlySet<string>>;

const informed = (where: string) => `select table_name as tab, column_name as col from information_schema.columns
  where ${where} and table_name in (${workflowTables.map((table) => `'${table}'`).join(', ')})`;

const sqlite = `select t.name as tab, c.name as col from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'`;

/** The query for the existing columns on this type of data source. */
export function existingColumnsQuery(type: string): string {
  if (type === 'postgres') return informed('table_schema = any(current_schemas(false))');
  if (type === 'mysql' || type === 'mariadb') return informed('table_schema = database()');
  return sqlite;
}

export function existingColumns(rows: readonly Readonly<Record<string, unknown>>[]): ExistingColumns {
  const standing = new Map<string, Set<string>>();
  for (const { tab, col } of rows) standing.set(String(tab), (standing.get(String(tab)) ?? new Set()).add(String(col)));
  return standing;
}
