import { groupKey } from '../../values/digest.js';
import type { ProcessQuery } from '../port.js';
import { allOf, equalTo, ifGiven, inList, type Query } from './query.js';

/** Subqueries in a comparison: a planner without statistics would turn `exists` into a join, and read all waits for one page. */
const waitsIn = `(select 1 from workflow_wait w where w.process_id = p.id and w.step = ? and w.kind not in ('closed', 'listener') limit 1) = 1`;
const overdueWait = `(select 1 from workflow_wait w where w.process_id = p.id and w.kind = 'overdue' limit 1)`;
/** Written so that its index can be used. */
const isChild = '(p.live = 0 or p.live is null) and p.parent_id = ?';
const later = '(p.started_at < ? or (p.started_at = ? and p.id < ?))';

/** Newest first, a page at a time. */
export function findQuery(query: ProcessQuery): Query {
  const where = allOf(conditionsOf(query));
  return { sql: `select p.* from workflow_process p${where.sql} order by p.started_at desc, p.id desc limit ?`, values: [...where.values, query.limit] };
}

function conditionsOf({ workflow, version, statuses, groupId, waitingFor, overdue, parentId, startedBefore, after }: ProcessQuery): Query[] {
  return [
    ...equalTo({ 'p.workflow': workflow, 'p.workflow_version': version }),
    ...ifGiven(statuses, (some) => ({ sql: `p.status ${inList(some).sql}`, values: some })),
    ...ifGiven(groupId, (id) => ({ sql: 'p.group_key = ?', values: [groupKey(id)] })),
    ...ifGiven(waitingFor, (step) => ({ sql: waitsIn, values: [step] })),
    ...ifGiven(overdue, (isLate) => ({ sql: isLate ? `${overdueWait} = 1` : `${overdueWait} is null`, values: [] })),
    ...ifGiven(parentId, (id) => ({ sql: isChild, values: [id] })),
    ...ifGiven(startedBefore, (moment) => ({ sql: 'p.started_at < ?', values: [moment] })),
    ...ifGiven(after, ({ startedAt, id }) => ({ sql: later, values: [startedAt, startedAt, id] })),
  ];
}
