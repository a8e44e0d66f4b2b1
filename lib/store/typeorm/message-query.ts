import type { MessageQuery } from '../port.js';
import { allOf, inList, type Query } from './query.js';

/** Responses and events. */
export const FROM_OUTSIDE = `substr(address, 1, 2) in ('r:', 'e:')`;

/** Oldest first, a page at a time. */
export function messageQuery(query: MessageQuery): Query {
  const where = allOf(messageConditions(query));
  return { sql: `select * from workflow_inbox${where.sql} order by received_at, id limit ?`, values: [...where.values, query.limit] };
}

function messageConditions({ dispositions, id, address, workflow, step, processId, after }: MessageQuery): Query[] {
  const named = { id, address, workflow, step, process_id: processId };
  const equal = Object.entries(named).flatMap(([column, value]) => (value === undefined ? [] : { sql: `${column} = ?`, values: [value] }));
  const later = '(received_at > ? or (received_at = ? and id > ?))';
  return [
    { sql: `disposition ${inList(dispositions).sql}`, values: dispositions },
    { sql: FROM_OUTSIDE, values: [] },
    ...equal,
    ...(after ? [{ sql: later, values: [after.receivedAt, after.receivedAt, after.id] }] : []),
  ];
}
