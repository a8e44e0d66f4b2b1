import { groupKey } from '../../values/digest.js';
import type { ProcessState } from '../../core/process.js';
import type { WaitState } from '../../core/wait.js';
import type { Match, WaitQuery } from '../port.js';
import { columns } from './columns.js';
import { allOf, type Query } from './query.js';
import { type FoundRow, processState, waitState } from './states.js';

/** Both rows have a worker, a claim and more of one name. */
const ofWait = columns.workflow_wait.map((column) => `w.${column} as w_${column}`).join(', ');
const waits = `select p.*, ${ofWait} from workflow_wait w join workflow_process p on p.id = w.process_id`;
const later = '(w.since > ? or (w.since = ? and (w.process_id > ? or (w.process_id = ? and w.token_key > ?))))';

/** What of the pairs of messages and waits comes after one of them. */
export function laterMatch(after: Match | undefined): Query {
  if (!after) return { sql: '', values: [] };
  const { receivedAt, id } = after.message;
  const { processId, key } = after.wait;
  const sql = ' and (m.received_at > ? or (m.received_at = ? and (m.id > ? or (m.id = ? and (w.process_id > ? or (w.process_id = ? and w.token_key > ?))))))';
  return { sql, values: [receivedAt, receivedAt, id, id, processId, processId, key] };
}

/** Oldest first, a page at a time. */
export function waitQuery(query: WaitQuery): Query {
  const where = allOf(conditionsOf(query));
  return { sql: `${waits}${where.sql} order by w.since, w.process_id, w.token_key limit ?`, values: [...where.values, query.limit] };
}

export function waitWithProcess(row: FoundRow): { process: ProcessState; wait: WaitState } {
  const its = Object.fromEntries(columns.workflow_wait.map((column) => [column, row[`w_${column}`]!]));
  return { process: processState(row), wait: waitState(its) };
}

function conditionsOf({ kind, workflow, groupId, step, after }: WaitQuery): Query[] {
  const conditions: Query[] = [{ sql: 'w.kind = ? and p.live = 0', values: [kind] }];
  if (workflow !== undefined) conditions.push({ sql: 'p.workflow = ?', values: [workflow] });
  if (groupId !== undefined) conditions.push({ sql: 'p.group_key = ?', values: [groupKey(groupId)] });
  if (step !== undefined) conditions.push({ sql: 'w.step = ?', values: [step] });
  if (after) conditions.push({ sql: later, values: [after.since, after.since, after.processId, after.processId, after.key] });
  return conditions;
}
