import { byOrder, type OutgoingMessage } from '../../core/outgoing.js';
import { type FailedSending, fitting, type OutboxClaim, OutboxStore, REVISIONS_AT_ONCE } from '../outbox-store.js';
import { chunks, inList, type Query } from './query.js';
import type { SqlReader } from './sql-reader.js';
import { outgoingMessageState } from './states.js';

/**
 * No message of the same process comes before it, and none of them is under a claim that lasts. The first one is looked up for each:
 * PostgreSQL may compare all messages of a process with all others for a `not exists`.
 */
const isFirst = `o.id = (select e.id from workflow_outbox e where e.process_id = o.process_id and e.ready_at is not null
  order by e.sequence, e.id limit 1)
  and not exists (select 1 from workflow_outbox h where h.process_id = o.process_id and h.holder is not null and h.ready_at > ?)`;
/** No instance transmits it at this moment. A claim that has ended left the row as it was. */
const isFree = '(holder is null or ready_at is null or ready_at <= ?)';

/** The outbox, the same on all databases. */
export class TypeOrmOutbox extends OutboxStore {
  constructor(private readonly reader: SqlReader) {
    super();
  }

  override async readySenders(now: number): Promise<readonly string[]> {
    const rows = await this.reader.rows({ sql: 'select distinct sender from workflow_outbox where ready_at <= ?', values: [now] });
    return rows.map(({ sender }) => String(sender));
  }

  override async claim(by: OutboxClaim): Promise<readonly OutgoingMessage[]> {
    const ids = await this.claimable(by);
    if (ids.length === 0) return [];
    const list = inList(ids);
    const sql = `update workflow_outbox set holder = ?, ready_at = ? where id ${list.sql} and ready_at <= ?`;
    await this.reader.changed({ sql, values: [by.holder, by.until, ...list.values, by.now] });
    return this.claimedWith(by, list);
  }

  /** In the order of their keys, so that two instances lock rows in the same order. */
  private async claimable({ sender, now, limit }: OutboxClaim): Promise<string[]> {
    const sql = `select o.id from workflow_outbox o where o.ready_at <= ? and o.sender = ? and ${isFirst} order by o.ready_at limit ?`;
    return (await this.reader.rows({ sql, values: [now, sender, now, limit] })).map(({ id }) => String(id)).sort();
  }

  /** The first messages that were claimed, and those behind them, which belong to the claim from now on. */
  private async claimedWith(by: OutboxClaim, firsts: Query): Promise<readonly OutgoingMessage[]> {
    const candidates = await this.candidates(by, firsts);
    const ids = fitting(candidates, ({ characters }) => characters).map(({ id }) => id).sort(); // prettier-ignore
    for (const piece of chunks(ids.filter((id) => !firsts.values.includes(id)))) await this.mark(by, inList(piece));
    const rows = await this.reader.listed((list) => `select * from workflow_outbox where holder = ? and id ${list}`, ids, [by.holder]);
    return rows.map(outgoingMessageState).sort(byOrder);
  }

  /** With their sizes, so that many large messages are not loaded at once. */
  private async candidates({ holder }: OutboxClaim, firsts: Query) {
    const sql = `select o.id, o.process_id, length(o.data) as characters from workflow_outbox f join workflow_outbox o on o.process_id = f.process_id
      and o.sequence >= f.sequence and o.sequence < f.sequence + ${REVISIONS_AT_ONCE} and o.ready_at is not null
      where f.id ${firsts.sql} and f.holder = ? order by o.process_id, o.sequence, o.id`;
    const rows = await this.reader.rows({ sql, values: [...firsts.values, holder] });
    return rows.map(({ id, process_id, characters }) => ({ id: String(id), processId: String(process_id), characters: Number(characters) }));
  }

  private mark({ holder, until }: OutboxClaim, among: Query): Promise<number> {
    const sql = `update workflow_outbox set holder = ?, ready_at = ? where id ${among.sql} and ready_at is not null`;
    return this.reader.changed({ sql, values: [holder, until, ...among.values] });
  }

  override async deleteTransmitted(ids: readonly string[]): Promise<void> {
    for (const piece of chunks(ids)) {
      const { sql, values } = inList(piece);
      await this.reader.changed({ sql: `delete from workflow_outbox where id ${sql}`, values });
    }
  }

  override async recordFailure(holder: string, { id, attempts, readyAt, error }: FailedSending): Promise<void> {
    const sql = 'update workflow_outbox set attempts = ?, ready_at = ?, error = ?, holder = null where id = ? and holder = ?';
    await this.reader.changed({ sql, values: [attempts, readyAt, error, id, holder] });
  }

  override async release(holder: string, ids: readonly string[], readyAt: number): Promise<void> {
    for (const piece of chunks(ids)) {
      const { sql, values } = inList(piece);
      await this.reader.changed({ sql: `update workflow_outbox set ready_at = ?, holder = null where holder = ? and id ${sql}`, values: [readyAt, holder, ...values] }); // prettier-ignore
    }
  }

  override async replay(id: string, now: number): Promise<boolean> {
    const sql = `update workflow_outbox set ready_at = ?, attempts = 0, error = null, holder = null where id = ? and ${isFree}`;
    return (await this.reader.changed({ sql, values: [now, id, now] })) > 0;
  }

  override async discard(id: string, now: number): Promise<boolean> {
    return (await this.reader.changed({ sql: `delete from workflow_outbox where id = ? and ${isFree}`, values: [id, now] })) > 0;
  }
}
