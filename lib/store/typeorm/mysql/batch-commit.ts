/** Commits a batch in one transaction: each statement carries all rows of its table. */
import type { Change } from '../../../core/change.js';
import { rangesUnder } from '../../../core/token-key.js';
import type { Rejection } from '../../port.js';
import { lostRace } from '../batch.js';
import { ending, mysqlUpserts } from '../change-statements.js';
import { changing, columns, type OverwrittenTable, type Table } from '../columns.js';
import { chunksOfRows } from '../row-chunks.js';
import { chunks } from '../query.js';
import { asText, changingRow, guardRow, historyRows, messageRows, newProcessRow, outgoingRow, type Row, searchRow, waitRow } from '../rows.js';
import type { MysqlConnection } from './mysql-connection.js';

/** Another writer changed one of the processes first. The count of rows does not tell which one. */
class SomeLost extends Error {}

export async function commitInTransaction(connection: MysqlConnection, changes: readonly Change[]): Promise<readonly Rejection[]> {
  const sorted = [...changes].sort((a, b) => (a.process.id < b.process.id ? -1 : 1));
  try {
    await connection.transaction(() => writeChanges(connection, sorted));
    return [];
  } catch (error) {
    if (error instanceof SomeLost) return connection.transaction(() => writeWinners(connection, sorted));
    throw error;
  }
}

/** Locks the rows first, so that their revisions stay as they are read. */
async function writeWinners(connection: MysqlConnection, changes: readonly Change[]): Promise<readonly Rejection[]> {
  const ids = changes.filter(({ expected }) => expected !== null).map(({ process }) => process.id);
  const { rows } = await connection.run('select id, revision from workflow_process where id in (?) order by id for update', [ids]);
  const revisions = new Map(rows.map(({ id, revision }) => [id, Number(revision)]));
  const lost = changes.filter(({ expected, process }) => expected !== null && revisions.get(process.id) !== expected);
  await writeChanges(connection, changes.filter((change) => !lost.includes(change))); // prettier-ignore
  return lost.map(lostRace);
}

async function writeChanges(connection: MysqlConnection, changes: readonly Change[]): Promise<void> {
  await guard(connection, changes.filter(({ expected }) => expected !== null)); // prettier-ignore
  const born = changes.filter(({ expected }) => expected === null);
  await insertRows(connection, 'workflow_process', born.map((change) => newProcessRow(change, asText))); // prettier-ignore
  const { versions, records } = historyRows(changes, asText);
  await insertRows(connection, 'workflow_context', versions);
  await insertRows(connection, 'workflow_audit', records);
  await writeWaits(connection, changes);
  await upsertRows(connection, 'workflow_inbox', changes.flatMap(messageRows));
  await insertRows(connection, 'workflow_outbox', changes.flatMap(({ outgoing }) => outgoing.map(outgoingRow))); // prettier-ignore
  await writeSearch(connection, changes);
}

async function writeSearch(connection: MysqlConnection, changes: readonly Change[]): Promise<void> {
  const all = changes.flatMap((change) => (change.search ?? []).map((value) => ({ change, value })));
  const gone = all.filter(({ value }) => value.value === null).map(({ change, value }) => [change.process.id, value.name]);
  for (const keys of chunks(gone)) await connection.run('delete from workflow_search where (process_id, name) in (?)', [keys]);
  await upsertRows(connection, 'workflow_search', all.filter(({ value }) => value.value !== null).map(({ change, value }) => searchRow(change, value))); // prettier-ignore
}

/** Keys are compared in the collation of their column, or its index would be of no use. */
const given = (column: string) => (column === 'id' ? 'convert(? using utf8mb4) collate utf8mb4_bin as id' : `? as ${column}`);
const oneGiven = `select ${[...changing, 'id', 'expected'].map(given).join(', ')}`;
const moreGiven = ` union all select ${[...changing, 'id', 'expected'].map(() => '?').join(', ')}`;
const assignments = changing.map((column) => `p.${column} = g.${column}`).join(', ');

async function guard(connection: MysqlConnection, changes: readonly Change[]): Promise<void> {
  for (const piece of chunks(changes, 200)) {
    const rows = `${oneGiven}${moreGiven.repeat(piece.length - 1)}`;
    const sql = `update workflow_process p join (${rows}) g on p.id = g.id and p.revision = g.expected set ${assignments}`;
    const { affected } = await connection.run(sql, piece.flatMap((change) => [...changingRow(change, asText), ...guardRow(change)])); // prettier-ignore
    if (affected !== piece.length) throw new SomeLost();
  }
}

async function writeWaits(connection: MysqlConnection, changes: readonly Change[]): Promise<void> {
  const cleared = changes.filter(({ waits }) => waits.clear).map(({ process }) => process.id);
  for (const ids of chunks(cleared)) await endWaits(connection, 'process_id in (?)', [ids]);
  for (const { process, waits } of changes) if (!waits.clear) await endUnder(connection, process.id, waits.kill);
  const gone = changes.flatMap(({ process, waits }) => waits.delete.map((key) => [process.id, key]));
  for (const keys of chunks(gone)) await connection.run('delete from workflow_wait where (process_id, token_key) in (?)', [keys]);
  await upsertRows(connection, 'workflow_wait', changes.flatMap(({ process, waits }) => waits.put.map((wait) => waitRow(process.id, wait, asText)))); // prettier-ignore
}

async function endUnder(connection: MysqlConnection, id: string, keys: readonly string[]): Promise<void> {
  for (const piece of chunks(keys, 100)) {
    const ranges = piece.flatMap(rangesUnder);
    const within = ranges.map(() => 'token_key >= ? and token_key < ?').join(' or ');
    await endWaits(connection, `process_id = ? and (${within})`, [id, ...ranges.flat()]);
  }
}

async function endWaits(connection: MysqlConnection, which: string, values: readonly unknown[]): Promise<void> {
  for (const sql of ending(which)) await connection.run(sql, values);
}

function upsertRows(connection: MysqlConnection, table: OverwrittenTable, rows: readonly Row[]): Promise<void> {
  return insertRows(connection, table, rows, mysqlUpserts[table]);
}

async function insertRows(connection: MysqlConnection, table: Table, rows: readonly Row[], suffix = ''): Promise<void> {
  const sql = `insert into ${table} (${columns[table].join(', ')}) values ?${suffix}`;
  for (const piece of chunksOfRows(rows)) await connection.run(sql, [piece]);
}
