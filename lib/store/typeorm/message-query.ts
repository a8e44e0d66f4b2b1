import type { MessageState } from '../../core/change.js';
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
  return [{ sql: `disposition ${inList(dispositions).sql}`, values: dispositions }, { sql: FROM_OUTSIDE, values: [] }, ...equal, ...afterMessage(after)];
}

/** After which message a list goes on, by arrival and id. */
export type MessagePlace = Pick<MessageState, 'id' | 'receivedAt'>;

export function afterMessage(after: MessagePlace | undefined): Query[] {
  return after ? [{ sql: '(received_at > ? or (received_at = ? and id > ?))', values: [after.receivedAt, after.receivedAt, after.id] }] : [];
}
