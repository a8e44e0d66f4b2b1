/** The statements about messages that no process has received. Those of people: `message-query.ts`. */
import type { Disposition } from '../../core/change.js';
import type { InboxCount, KnownWorkflow, Match } from '../port.js';
import { afterMessage, FROM_OUTSIDE, type MessagePlace } from './message-query.js';
import { allOf, inList, isKnown, type Query } from './query.js';
import { type FoundRow, messageState, waitAt } from './states.js';

function messagesQuery(which: Query, limit: number, after: MessagePlace | undefined): Query {
  const where = allOf([which, ...afterMessage(after)]);
  return { sql: `select * from workflow_inbox${where.sql} order by received_at, id limit ?`, values: [...where.values, limit] };
}

export function scheduledQuery(now: number, limit: number, after?: MessagePlace): Query {
  return messagesQuery({ sql: `disposition = 'scheduled' and received_at <= ?`, values: [now] }, limit, after);
}

export function childrenQuery(limit: number, after?: MessagePlace): Query {
  return messagesQuery({ sql: `disposition = 'stored' and substr(address, 1, 2) = 's:'`, values: [] }, limit, after);
}

export function markStatement(id: string, from: readonly Disposition[], to: Disposition, reason: string | null): Query {
  const list = inList(from);
  const sql = `update workflow_inbox set disposition = ?, reason = ? where id = ? and process_id is null and disposition ${list.sql}`;
  return { sql, values: [to, reason, id, ...list.values] };
}

const awaited = 'exists (select 1 from workflow_wait w where w.address = workflow_inbox.address)';
/** Older ones than its value, but not what asks for a child, and not the end of a child that is waited for. */
export const forgetOlder = `delete from workflow_inbox where disposition in ('stored', 'scheduled', 'discarded') and process_id is null and received_at < ?
  and substr(address, 1, 2) <> 's:' and not (substr(address, 1, 2) = 'c:' and ${awaited})`;

/* ------------------------------------------------------------------------ counts ---- */

export const census = `select workflow, count(*) as messages, sum(size) as bytes from workflow_inbox
  where disposition in ('stored', 'scheduled') and ${FROM_OUTSIDE} group by workflow`;

export function inboxCount({ workflow, messages, bytes }: FoundRow): InboxCount {
  return { workflow: workflow as string | null, messages: Number(messages), size: Number(bytes) }; // null before there were sizes
}

export function countAtQuery(list: string): string {
  return `select address, count(*) as messages from workflow_inbox where disposition in ('stored', 'scheduled') and address ${list} group by address`;
}

/* ----------------------------------------------------------- messages and waits ---- */

/** An event must not be older than the `from_at` of the wait, or else the start of the process. */
const counts = `(substr(m.address, 1, 2) <> 'e:' or coalesce(m.effective_at, m.received_at) >= coalesce(w.from_at, p.started_at))`;
/** Columns are renamed, because the message has some of the same names. */
const pairs = `select m.*, w.process_id as wait_process, w.token_key, w.run, w.attempt, w.step as wait_step, w.address as wait_address, w.kind,
  p.workflow as wait_workflow, p.workflow_version
  from workflow_inbox m join workflow_wait w on w.address = m.address and w.kind in ('response', 'event', 'input', 'child', 'listener')
  join workflow_process p on p.id = w.process_id where m.disposition = 'stored' and ${counts}`;

/** The condition for the pairs of messages and waits that come after this one. */
function laterMatch(after: Match | undefined): Query {
  if (!after) return { sql: '', values: [] };
  const { receivedAt, id } = after.message;
  const { processId, key } = after.wait;
  const sql = ' and (m.received_at > ? or (m.received_at = ? and (m.id > ? or (m.id = ? and (w.process_id > ? or (w.process_id = ? and w.token_key > ?))))))';
  return { sql, values: [receivedAt, receivedAt, id, id, processId, processId, key] };
}

export function unmatchedQuery(workflows: readonly KnownWorkflow[], limit: number, after?: Match): Query {
  const [known, later] = [isKnown(workflows), laterMatch(after)];
  const sql = `${pairs} and ${known.sql}${later.sql} order by m.received_at, m.id, w.process_id, w.token_key limit ?`;
  return { sql, values: [...known.values, ...later.values, limit] };
}

export function matchIn(row: FoundRow): Match {
  const { wait_process, wait_address, wait_workflow, wait_step } = row;
  const wait = { ...row, process_id: wait_process!, address: wait_address!, workflow: wait_workflow!, step: wait_step! };
  return { message: messageState(row), wait: waitAt(wait) };
}
