import {
  type BulkQuery,
  OperatingStore,
  type PauseQuery,
  type StoredBulk,
  type StoredBulkItem,
  type StoredPause,
  type WorkerReport,
} from '../operating-store.js';
import type { DueWait, KnownWorkflow } from '../port.js';
import { columns } from './columns.js';
import { bulkItem, bulkItemRow, bulkRow, pauseRow, storedBulk, storedPause } from './operating-rows.js';
import { allOf, chunks, equalTo, ifGiven, inList, isKnown, processOfWait, type Query } from './query.js';
import type { SqlReader, SqlWords } from './sql-reader.js';
import { type FoundRow, parsed } from './states.js';

const before = 'started_at <= ? and (started_at < ? or id < ?)'; // the index begins at the moment

/** Pauses and bulk runs, the same on all databases. */
export class TypeOrmOperating extends OperatingStore {
  constructor(
    private readonly reader: SqlReader,
    private readonly words: SqlWords,
    /** For long statements: no decision waits for its connections. */
    private readonly patient: SqlReader = reader,
  ) {
    super();
  }

  override async pauses(endedSince: number): Promise<readonly StoredPause[]> {
    const ofThem = (which: string, values: readonly unknown[]) => this.reader.rows({ sql: `select * from workflow_pause where ${which}`, values });
    return [...(await ofThem('live = 0', [])), ...(await ofThem('ended_at >= ?', [endedSince]))].map(storedPause);
  }

  override async pausesLike({ id, after, limit }: PauseQuery): Promise<readonly StoredPause[]> {
    const { sql, values } = allOf([...equalTo({ id }), ...ifGiven(after, (last) => ({ sql: 'id > ?', values: [last] }))]);
    return (await this.patient.rows({ sql: `select * from workflow_pause${sql} order by id limit ?`, values: [...values, limit] })).map(storedPause);
  }

  override keepPause(pause: Omit<StoredPause, 'updatedAt'>, expected: number | null): Promise<boolean> {
    return this.keep('workflow_pause', pauseRow(pause), expected);
  }

  override async heldAt(address: string, limit: number, workflows?: readonly KnownWorkflow[]): Promise<readonly DueWait[]> {
    const known = workflows === undefined ? { sql: '1 = 1', values: [] } : processOfWait(isKnown(workflows));
    const sql = `select w.process_id, w.token_key, w.run from workflow_wait w where w.address = ? and w.kind = 'pause' and ${known.sql} limit ?`;
    const rows = await this.reader.rows({ sql, values: [address, ...known.values, limit] });
    return rows.map((row) => ({ processId: String(row.process_id), key: String(row.token_key), run: Number(row.run) }));
  }

  override async bulks({ id, state, after, limit }: BulkQuery): Promise<readonly StoredBulk[]> {
    const conditions = [...equalTo({ id, state }), ...ifGiven(after, (last) => ({ sql: before, values: [last.startedAt, last.startedAt, last.id] }))];
    const { sql, values } = allOf(conditions);
    return (await this.reader.rows({ sql: `select * from workflow_bulk${sql} order by started_at desc, id desc limit ?`, values: [...values, limit] })).map(
      storedBulk,
    );
  }

  override keepBulk(run: Omit<StoredBulk, 'updatedAt'>, expected: number | null): Promise<boolean> {
    return this.keep('workflow_bulk', bulkRow(run), expected);
  }

  override async bulkItems(bulkId: string, page: { after?: string; ids?: readonly string[]; limit: number }): Promise<readonly StoredBulkItem[]> {
    const { after, ids, limit } = page;
    const conditions = [...equalTo({ bulk_id: bulkId }), ...ifGiven(after, (id) => ({ sql: 'item_id > ?', values: [id] })), ...ifGiven(ids, idsIn)];
    const { sql, values } = allOf(conditions);
    return (await this.reader.rows({ sql: `select * from workflow_bulk_item${sql} order by item_id limit ?`, values: [...values, limit] })).map(bulkItem);
  }

  override async putBulkItems(items: readonly StoredBulkItem[]): Promise<void> {
    const names = columns.workflow_bulk_item;
    for (const piece of chunks(items, 50)) {
      const rows = piece.map(() => `(${names.map(() => '?').join(', ')})`).join(', ');
      const sql = `insert into workflow_bulk_item (${names.join(', ')}) values ${rows}${this.words.overwrite('bulk_id, item_id', ['outcome', 'error', 'created_at'])}`;
      await this.reader.changed({ sql, values: piece.flatMap(bulkItemRow) });
    }
  }

  override async forgetBulkItems(ids: readonly string[]): Promise<void> {
    await this.inTurn((list) => `delete from workflow_bulk_item where item_id ${list}`, ids);
  }

  override async bulksWith(ids: readonly string[]): Promise<readonly string[]> {
    const found = await this.inTurn((list) => `select distinct bulk_id from workflow_bulk_item where item_id ${list}`, ids);
    return [...new Set(found.map(({ bulk_id }) => String(bulk_id)))];
  }

  override async endedBulks(before: number, limit: number): Promise<readonly string[]> {
    const sql = 'select id from workflow_bulk where finished_at <= ? and held_until <= ? order by finished_at limit ?';
    return (await this.reader.rows({ sql, values: [before, before, limit] })).map(({ id }) => String(id));
  }

  override async forgetBulk(id: string, limit: number): Promise<boolean> {
    const items = await this.bulkItems(id, { limit });
    for (const piece of chunks(items.map((item) => item.id))) {
      const { sql, values } = idsIn(piece);
      await this.reader.changed({ sql: `delete from workflow_bulk_item where bulk_id = ? and ${sql}`, values: [id, ...values] });
    }
    if (items.length === limit) return false;
    await this.reader.changed({ sql: 'delete from workflow_bulk where id = ?', values: [id] });
    return true;
  }

  override async forgetPauses(endedBefore: number, limit: number): Promise<number> {
    const rows = await this.reader.rows({ sql: 'select id from workflow_pause where ended_at <= ? order by ended_at limit ?', values: [endedBefore, limit] });
    for (const piece of chunks(rows.map(({ id }) => String(id)))) {
      const { sql, values } = inList(piece);
      await this.reader.changed({ sql: `delete from workflow_pause where id ${sql}`, values });
    }
    return rows.length;
  }

  override async bulkCounts(bulkId: string): Promise<ReadonlyMap<StoredBulkItem['outcome'], number>> {
    const sql = 'select outcome, count(*) as items from workflow_bulk_item where bulk_id = ? group by outcome';
    const rows = await this.reader.rows({ sql, values: [bulkId] });
    return new Map(rows.map(({ outcome, items }) => [outcome as StoredBulkItem['outcome'], Number(items)]));
  }

  override async putReport(worker: string, report: WorkerReport): Promise<void> {
    await this.reader.changed({ sql: 'update workflow_worker set report = ? where id = ?', values: [JSON.stringify(report), worker] });
  }

  override async reports(): Promise<ReadonlyMap<string, WorkerReport>> {
    const rows = await this.reader.rows({ sql: 'select id, report from workflow_worker where report is not null', values: [] });
    return new Map(rows.map(({ id, report }) => [String(id), parsed<WorkerReport>(report)]));
  }

  /** Each statement reads the whole table, so they are run one after the other, and no decision waits for them. */
  private async inTurn(sql: (list: string) => string, ids: readonly string[]): Promise<FoundRow[]> {
    const found: FoundRow[] = [];
    for (const piece of chunks(ids, this.patient.longestList)) found.push(...(await this.patient.listed(sql, piece)));
    return found;
  }

  /** The values are in the order of the columns, without the last, which is the moment of the change. */
  private async keep(table: 'workflow_pause' | 'workflow_bulk', values: readonly unknown[], expected: number | null): Promise<boolean> {
    const names = columns[table].slice(0, -1);
    const { now, unlessThere } = this.words;
    if (expected !== null) {
      const sql = `update ${table} set ${names.map((name) => `${name} = ?`).join(', ')}, updated_at = ${now} where id = ? and revision = ?`;
      return (await this.reader.changed({ sql, values: [...values, values[0], expected] })) > 0;
    }
    const sql = `insert into ${table} (${columns[table].join(', ')}) values (${names.map(() => '?').join(', ')}, ${now})${unlessThere}`;
    return (await this.reader.changed({ sql, values })) > 0;
  }
}

function idsIn(ids: readonly string[]): Query {
  const { sql, values } = inList(ids);
  return { sql: `item_id ${sql}`, values };
}
