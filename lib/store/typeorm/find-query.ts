import { groupKey } from '../../values/digest.js';
import type { ProcessQuery } from '../port.js';
import { allOf, inList, type Query } from './query.js';

/** Subqueries in a comparison: a planner without statistics would turn `exists` into a join, and read all waits for one page. */
const waits = `(select 1 from workflow_wait w where w.process_id = p.id and w.step = ? and w.kind not in ('closed', 'listener') limit 1) = 1`;
const overdueWait = `(select 1 from workflow_wait w where w.process_id = p.id and w.kind = 'overdue' limit 1)`;
/** Written so that its index can be used. */
const isChild = '(p.live = 0 or p.live is null) and p.parent_id = ?';

/** Newest first, a page at a time. */
export function findQuery(query: ProcessQuery): Query {
  const where = allOf(conditionsOf(query));
  return { sql: `select p.* from workflow_process p${where.sql} order by p.started_at desc, p.id desc limit ?`, values: [...where.values, query.limit] };
}

function conditionsOf(query: ProcessQuery): Query[] {
  const { workflow, version, statuses, groupId, waitingFor, overdue, parentId, startedBefore, after } = query;
  const conditions: Query[] = [];
  if (workflow !== undefined) conditions.push({ sql: 'p.workflow = ?', values: [workflow] });
  if (version !== undefined) conditions.push({ sql: 'p.workflow_version = ?', values: [version] });
  if (statuses) conditions.push({ sql: `p.status ${inList(statuses).sql}`, values: statuses });
  if (groupId !== undefined) conditions.push({ sql: 'p.group_key = ?', values: [groupKey(groupId)] });
  if (waitingFor !== undefined) conditions.push({ sql: waits, values: [waitingFor] });
  if (overdue !== undefined) conditions.push({ sql: overdue ? `${overdueWait} = 1` : `${overdueWait} is null`, values: [] });
  if (parentId !== undefined) conditions.push({ sql: isChild, values: [parentId] });
  if (startedBefore !== undefined) conditions.push({ sql: 'p.started_at < ?', values: [startedBefore] });
  if (after) conditions.push({ sql: '(p.started_at < ? or (p.started_at = ? and p.id < ?))', values: [after.startedAt, after.startedAt, after.id] });
  return conditions;
}
