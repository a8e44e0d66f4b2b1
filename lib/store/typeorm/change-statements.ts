/** A change as single statements, for SQLite, and for transactions of the caller. */
import type { Change } from '../../core/change.js';
import { rangesUnder } from '../../core/token-key.js';
import { changing, columns, keyColumnsOf, often, type OverwrittenTable, type Table, valueColumns } from './columns.js';
import { onConflict, onDuplicateKey } from './overwrite.js';
import { chunksOfRows } from './row-chunks.js';
import {
  asText, changingRow, guardRow, historyRows, messageRows, newProcessRow, oftenRow, outgoingRow, type Row, searchRow, waitRow,
} from './rows.js'; // prettier-ignore

export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** How this database says "or overwrite it". */
export type Upserts = Readonly<Record<OverwrittenTable, string>>;

export const sqliteUpserts = eachOverwritten((table) => onConflict(keyColumnsOf(table), valueColumns(table)));
export const mysqlUpserts = eachOverwritten((table) => onDuplicateKey(valueColumns(table)));

function eachOverwritten(clause: (table: OverwrittenTable) => string): Upserts {
  return { workflow_wait: clause('workflow_wait'), workflow_inbox: clause('workflow_inbox'), workflow_search: clause('workflow_search') };
}

/** SQLite writes each index that has a column of the `set` again, also where its value is the same. */
const updateSql = (names: readonly string[]) => `update workflow_process set ${names.map((name) => `${name} = ?`).join(', ')} where id = ? and revision = ?`;
const steadySql = updateSql(often);
const changingSql = updateSql(changing);
const deleteSearchSql = 'delete from workflow_search where process_id = ? and name = ?';
const deleteSql = 'delete from workflow_wait where process_id = ? and token_key = ?';
/** Ends all waits that match this condition. Response waits stay as closed, to recognise a late response. */
export function ending(which: string): readonly [close: string, clear: string] {
  return [
    `update workflow_wait set kind = 'closed', due_at = null where ${which} and kind = 'response'`,
    `delete from workflow_wait where ${which} and kind not in ('response', 'closed')`,
  ];
}

const ofProcess = ending('process_id = ?');
const ofRange = ending('process_id = ? and token_key >= ? and token_key < ?');

/** Writes the process row. Affects no row if the guard does not hold; if its id or group id is taken, it fails. */
export function guardOf(change: Change): Statement {
  if (change.expected === null) return { sql: insertInto.workflow_process, values: newProcessRow(change, asText) };
  if (change.steady) return { sql: steadySql, values: [...oftenRow(change, asText), ...guardRow(change)] };
  return { sql: changingSql, values: [...changingRow(change, asText), ...guardRow(change)] };
}

const insertInto = Object.fromEntries(
  Object.entries(columns).map(([table, names]) => [table, `insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`]),
) as Record<Table, string>;

/** Makes inserts of the rows of a table. */
export type Inserts = (table: Table, rows: readonly Row[], suffix: string) => Statement[];

/** One insert for each row, so that each statement is prepared once. */
export const oneByOne: Inserts = (table, rows, suffix) => {
  const sql = insertInto[table] + suffix;
  return rows.map((values) => ({ sql, values }));
};

/** Many rows in one insert, because each statement is a round trip. */
export const together: Inserts = (table, rows, suffix) =>
  chunksOfRows(rows).map((piece) => ({ sql: insertMany(table, piece.length) + suffix, values: joinedRows(piece, 0, piece.length) }));

function insertMany(table: Table, count: number): string {
  return insertInto[table] + `, (${columns[table].map(() => '?').join(', ')})`.repeat(count - 1);
}

const EIGHT = 8;
const insertEight = Object.fromEntries(Object.keys(columns).map((table) => [table, insertMany(table as Table, EIGHT)])) as Record<Table, string>;

/** Eight rows in one insert, and each of the rest in one: two statements to prepare, and fewer calls of the driver. */
export const inEights: Inserts = (table, rows, suffix) => {
  const sql = insertEight[table] + suffix;
  const rest = rows.length - (rows.length % EIGHT);
  const eights: Statement[] = [];
  for (let from = 0; from < rest; from += EIGHT) eights.push({ sql, values: joinedRows(rows, from, from + EIGHT) });
  return [...eights, ...oneByOne(table, rows.slice(rest), suffix)];
};

/** The same as `rows.slice(from, to).flat()`, which takes twenty times as long. */
function joinedRows(rows: readonly Row[], from: number, to: number): unknown[] {
  const values: unknown[] = [];
  for (let i = from; i < to; i++) values.push(...rows[i]!);
  return values;
}

/** All that follows the guard of a change. */
export function effectsOf(change: Change, upserts: Upserts, inserts: Inserts): Statement[] {
  return [...historyOf([change], inserts), ...othersOf(change, upserts, inserts)];
}

/** The rows that each change has: of several changes, one table after the other. */
export function historyOf(changes: readonly Change[], inserts: Inserts): Statement[] {
  const { versions, records } = historyRows(changes, asText);
  return [...inserts('workflow_context', versions, ''), ...inserts('workflow_audit', records, '')];
}

/** The rows that few changes have. */
export function othersOf(change: Change, upserts: Upserts, inserts: Inserts): Statement[] {
  return [
    ...waitStatements(change, upserts, inserts),
    ...inserts('workflow_inbox', messageRows(change), upserts.workflow_inbox),
    ...inserts('workflow_outbox', change.outgoing.map(outgoingRow), ''),
    ...searchStatements(change, upserts, inserts),
  ];
}

/** Puts come last, because a put may have the key of a wait that ends. */
function waitStatements({ process: { id }, waits }: Change, upserts: Upserts, inserts: Inserts): Statement[] {
  const put = waits.put.map((wait) => waitRow(id, wait, asText));
  const ended = waits.clear ? endedBy(ofProcess, [id]) : waits.kill.flatMap(rangesUnder).flatMap((range) => endedBy(ofRange, [id, ...range]));
  const deleted = waits.delete.map((key) => ({ sql: deleteSql, values: [id, key] }));
  return [...ended, ...deleted, ...inserts('workflow_wait', put, upserts.workflow_wait)];
}

function searchStatements(change: Change, upserts: Upserts, inserts: Inserts): Statement[] {
  if (!change.search) return [];
  const put = change.search.filter(({ value }) => value !== null).map((each) => searchRow(change, each));
  const gone = change.search.filter(({ value }) => value === null);
  const deleted = gone.map(({ name }) => ({ sql: deleteSearchSql, values: [change.process.id, name] }));
  return [...deleted, ...inserts('workflow_search', put, upserts.workflow_search)];
}

function endedBy(sqls: readonly string[], values: readonly unknown[]): Statement[] {
  return sqls.map((sql) => ({ sql, values: [...values] }));
}
