/** A change as single statements, for databases that take it in pieces, and for transactions of the caller's. */
import type { Change } from '../../core/change.js';
import { changing, columns, keyOf, type Row, type Table, valueColumns, valuesIn } from './columns.js';
import { onConflict, onDuplicateKey } from './overwrite.js';
import { asText, messageRows, processRow, recordRow, versionRow, waitRow } from './rows.js';

export interface Statement {
  readonly sql: string;
  readonly values: unknown[];
}

/** How this database says "or overwrite it" and "unless it is there". */
export interface Upserts {
  readonly overwrite: (table: Table) => string;
  readonly orIgnore: 'or ignore' | 'ignore' | '';
}

export const sqliteUpserts: Upserts = {
  overwrite: (table) => onConflict(keyOf(table), valueColumns(table)),
  orIgnore: 'or ignore',
};

export const mysqlUpserts: Upserts = {
  overwrite: (table) => onDuplicateKey(valueColumns(table)),
  orIgnore: '',
};

const updateSql = `update workflow_process set ${changing.map((column) => `${column} = ?`).join(', ')} where id = ? and revision = ?`;
const deleteSql = 'delete from workflow_wait where process_id = ? and token_key = ?';
const closeSql = `update workflow_wait set kind = 'closed', due_at = null where process_id = ? and kind = 'response'`;
const clearSql = `delete from workflow_wait where process_id = ? and kind not in ('response', 'closed')`;

/** Touches one row, or its guard does not hold. */
export function guardOf({ expected, process }: Change, { orIgnore }: Upserts): Statement {
  const row = processRow(process, asText, expected === null);
  if (expected === null) return { sql: insertSql('workflow_process', orIgnore), values: valuesIn('workflow_process', row) };
  return { sql: updateSql, values: [...changing.map((column) => row[column]), process.id, expected] };
}

export function effectsOf(change: Change, upserts: Upserts): Statement[] {
  const { id } = change.process;
  return [
    ...change.versions.map((version) => insertOf('workflow_context', versionRow(id, version, asText))),
    ...change.records.map((record) => insertOf('workflow_audit', recordRow(id, record))),
    ...waitsOf(change, upserts),
    ...messageRows(change).map((row) => upsertOf('workflow_inbox', row, upserts)),
  ];
}

/** In this order a put may have the key of a wait that ends. */
function waitsOf({ process: { id }, waits }: Change, upserts: Upserts): Statement[] {
  const cleared = waits.clear ? [closeSql, clearSql].map((sql) => ({ sql, values: [id] })) : [];
  const deleted = waits.delete.map((key) => ({ sql: deleteSql, values: [id, key] }));
  return [...cleared, ...deleted, ...waits.put.map((wait) => upsertOf('workflow_wait', waitRow(id, wait, asText), upserts))];
}

function insertOf<T extends Table>(table: T, row: Row<T>): Statement {
  return { sql: insertSql(table), values: valuesIn(table, row) };
}

function upsertOf<T extends Table>(table: T, row: Row<T>, { overwrite }: Upserts): Statement {
  return { sql: insertSql(table) + overwriting(table, overwrite), values: valuesIn(table, row) };
}

const inserts = new Map<string, string>();

function insertSql(table: Table, orIgnore = ''): string {
  const known = inserts.get(table + orIgnore);
  if (known) return known;
  const made = `insert ${orIgnore} into ${table} (${columns[table].join(', ')}) values (${columns[table].map(() => '?').join(', ')})`;
  inserts.set(table + orIgnore, made);
  return made;
}

const overwritings = new Map<Upserts['overwrite'], Map<Table, string>>();

function overwriting(table: Table, overwrite: Upserts['overwrite']): string {
  const known = overwritings.get(overwrite) ?? new Map<Table, string>();
  overwritings.set(overwrite, known);
  if (!known.has(table)) known.set(table, overwrite(table));
  return known.get(table)!;
}
