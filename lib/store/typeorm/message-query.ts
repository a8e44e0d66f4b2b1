import type { MessageState } from '../../core/change.js';
import type { MessageQuery } from '../port.js';
import { allOf, equalTo, ifGiven, inList, type Query } from './query.js';

/** Responses and events. */
export const FROM_OUTSIDE = `substr(address, 1, 2) in ('r:', 'e:')`;

/** Oldest first, a page at a time. */
export function messageQuery(query: MessageQuery): Query {
  const where = allOf(messageConditions(query));
  return { sql: `select * from workflow_inbox${where.sql} order by received_at, id limit ?`, values: [...where.values, query.limit] };
}

function messageConditions({ dispositions, id, address, workflow, step, processId, after }: MessageQuery): Query[] {
  return [
    { sql: `disposition ${inList(dispositions).sql}`, values: dispositions },
    { sql: FROM_OUTSIDE, values: [] },
    ...equalTo({ id, address, workflow, step, process_id: processId }),
    ...afterMessage(after),
  ];
}

/** After which message a list goes on, by arrival and id. */
export type MessagePlace = Pick<MessageState, 'id' | 'receivedAt'>;

export function afterMessage(after: MessagePlace | undefined): Query[] {
  return ifGiven(after, ({ receivedAt, id }) => ({ sql: 'received_at >= ? and (received_at > ? or id > ?)', values: [receivedAt, receivedAt, id] }));
}
