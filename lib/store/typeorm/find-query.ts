import { groupKey } from '../../core/group-key.js';
import type { ProcessQuery } from '../process-store.js';
import { inList, type Query } from './query.js';

const waits = `exists (select 1 from workflow_wait w where w.process_id = p.id and w.step = ? and w.kind <> 'closed')`;

/** Newest first, a page at a time. */
export function findQuery(query: ProcessQuery): Query {
  const conditions = conditionsOf(query);
  const where = conditions.length === 0 ? '' : ` where ${conditions.map(({ sql }) => sql).join(' and ')}`;
  return {
    sql: `select p.* from workflow_process p${where} order by p.started_at desc, p.id desc limit ?`,
    values: [...conditions.flatMap(({ values }) => values), query.limit],
  };
}

function conditionsOf({ workflow, statuses, groupId, waitingFor, startedBefore, after }: ProcessQuery): Query[] {
  const conditions: Query[] = [];
  if (workflow !== undefined) conditions.push({ sql: 'p.workflow = ?', values: [workflow] });
  if (statuses) conditions.push({ sql: `p.status ${inList(statuses).sql}`, values: statuses });
  if (groupId !== undefined) conditions.push({ sql: 'p.group_key = ?', values: [groupKey(groupId)] });
  if (waitingFor !== undefined) conditions.push({ sql: waits, values: [waitingFor] });
  if (startedBefore !== undefined) conditions.push({ sql: 'p.started_at < ?', values: [startedBefore] });
  if (after) conditions.push({ sql: '(p.started_at < ? or (p.started_at = ? and p.id < ?))', values: [after.startedAt, after.startedAt, after.id] });
  return conditions;
}
