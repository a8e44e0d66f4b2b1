import type { OutboxQuery } from '../port.js';
import { allOf, equalTo, ifGiven, type Query } from './query.js';

/** Oldest first, a page at a time. */
export function outboxQuery(query: OutboxQuery): Query {
  const where = allOf(outboxConditions(query));
  return { sql: `select * from workflow_outbox${where.sql} order by created_at, sequence, id limit ?`, values: [...where.values, query.limit] };
}

function outboxConditions({ id, processId, workflow, sender, parked, after }: OutboxQuery): Query[] {
  return [
    ...equalTo({ id, process_id: processId, workflow, sender }),
    ...ifGiven(parked, (isParked) => ({ sql: isParked ? 'ready_at is null' : 'ready_at is not null', values: [] })),
    ...ifGiven(after, laterThan),
  ];
}

function laterThan({ createdAt, sequence, id }: NonNullable<OutboxQuery['after']>): Query {
  const sql = 'created_at >= ? and (created_at > ? or sequence > ? or (sequence = ? and id > ?))';
  return { sql, values: [createdAt, createdAt, sequence, sequence, id] };
}
