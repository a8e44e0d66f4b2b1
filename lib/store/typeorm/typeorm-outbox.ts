import type { OutgoingMessage } from '../../core/outgoing.js';
import { type FailedSending, type OutboxClaim, type OutboxQuery, OutboxStore, REVISIONS_AT_ONCE } from '../outbox-store.js';
import { allOf, chunks, inList, type Query } from './query.js';
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
    const claimed = await this.reader.changed({ sql, values: [by.holder, by.until, ...list.values, by.now] });
    return claimed === 0 ? [] : this.claimedWith(by, list);
  }

  /** In the order of their keys, so that two instances lock rows in the same order. */
  private async claimable({ sender, now, limit }: OutboxClaim): Promise<string[]> {
    const sql = `select o.id from workflow_outbox o where o.ready_at <= ? and o.sender = ? and ${isFirst} order by o.ready_at limit ?`;
    return (await this.reader.rows({ sql, values: [now, sender, now, limit] })).map(({ id }) => String(id)).sort();
  }

  /** The first messages that were claimed, and those behind them, which belong to the claim from now on. */
  private async claimedWith({ holder, until }: OutboxClaim, list: Query): Promise<readonly OutgoingMessage[]> {
    const sql = `select o.* from workflow_outbox f join workflow_outbox o on o.process_id = f.process_id and o.sequence >= f.sequence
      and o.sequence < f.sequence + ${REVISIONS_AT_ONCE} and o.ready_at is not null
      where f.id ${list.sql} and f.holder = ? order by o.process_id, o.sequence, o.id`;
    const found = (await this.reader.rows({ sql, values: [...list.values, holder] })).map(outgoingMessageState);
    for (const ids of chunks(found.map(({ id }) => id).sort())) {
      const { sql: among, values } = inList(ids);
      await this.reader.changed({ sql: `update workflow_outbox set holder = ?, ready_at = ? where id ${among} and ready_at is not null`, values: [holder, until, ...values] }); // prettier-ignore
    }
    return found;
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

  override async list(query: OutboxQuery): Promise<readonly OutgoingMessage[]> {
    const where = allOf(outboxConditions(query));
    const sql = `select * from workflow_outbox${where.sql} order by created_at, sequence, id limit ?`;
    return (await this.reader.rows({ sql, values: [...where.values, query.limit] })).map(outgoingMessageState);
  }

  override async replay(id: string, now: number): Promise<boolean> {
    const sql = `update workflow_outbox set ready_at = ?, attempts = 0, error = null, holder = null where id = ? and ${isFree}`;
    return (await this.reader.changed({ sql, values: [now, id, now] })) > 0;
  }

  override async discard(id: string, now: number): Promise<boolean> {
    return (await this.reader.changed({ sql: `delete from workflow_outbox where id = ? and ${isFree}`, values: [id, now] })) > 0;
  }
}

function outboxConditions({ id, processId, workflow, sender, parked, after }: OutboxQuery): Query[] {
  const equal = Object.entries({ id, process_id: processId, workflow, sender }).filter(([, value]) => value !== undefined);
  return [
    ...equal.map(([column, value]) => ({ sql: `${column} = ?`, values: [value] })),
    ...(parked === undefined ? [] : [{ sql: `ready_at is ${parked ? '' : 'not '}null`, values: [] }]),
    ...(after ? [laterThan(after)] : []),
  ];
}

function laterThan({ createdAt, sequence, id }: NonNullable<OutboxQuery['after']>): Query {
  const sql = '(created_at > ? or (created_at = ? and (sequence > ? or (sequence = ? and id > ?))))';
  return { sql, values: [createdAt, createdAt, sequence, sequence, id] };
}
