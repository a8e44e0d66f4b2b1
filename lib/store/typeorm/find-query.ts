import { isFinished, type ProcessStatus, STATUSES } from '../../core/process.js';
import { groupKey } from '../../values/digest.js';
import type { ProcessQuery } from '../port.js';
import { allOf, equalTo, ifGiven, inList, type Query } from './query.js';

/** Subqueries in a comparison: a planner without statistics would turn `exists` into a join, and read all waits for one page. */
const waitsIn = `(select 1 from workflow_wait w where w.process_id = p.id and w.step = ? and w.kind not in ('closed', 'listener') limit 1) = 1`;
/** Few processes take too long, so they are found by the index of their waits. */
const isOverdue = `p.id in (select w.process_id from workflow_wait w where w.kind = 'overdue')`;
const overdueWait = `(select 1 from workflow_wait w where w.process_id = p.id and w.kind = 'overdue' limit 1)`;
const hasValue = '(select 1 from workflow_search x where x.process_id = s.process_id and x.name = ? and x.value = ?) = 1';
/** Written so that its index can be used. */
const isChild = '(p.live = 0 or p.live is null) and p.parent_id = ?';
/** Sorts behind every text that begins with a prefix. */
const LAST = '\u{10FFFF}';

/**
 * A page of processes, by start and id. Processes of several statuses are found status by status, each by its index, because an index
 * has the processes of one status in this order.
 */
export function findQuery(query: ProcessQuery): Query {
  const [first] = query.search ?? [];
  if (first) return searched(query, first);
  const statuses = statusesOf(query);
  return statuses === null ? part(query) : unionOf(query, statuses.map((status) => part({ ...query, statuses: [status] }))); // prettier-ignore
}

/** The statuses to find one by one. Null: the processes are found in another way, or all at once. */
function statusesOf(query: ProcessQuery): readonly ProcessStatus[] | null {
  const { statuses, workflow, waitingFor, standsIn } = query;
  if (isFew(query)) return null;
  const inSteps = waitingFor !== undefined || standsIn !== undefined;
  const given = statuses ?? (workflow !== undefined || inSteps ? STATUSES : null);
  const possible = inSteps ? (given?.filter((status) => !isFinished(status)) ?? null) : given;
  return possible && possible.length !== 1 ? possible : null;
}

function part(query: ProcessQuery): Query {
  const where = allOf(conditionsOf(query, 'p.started_at', 'p.id'));
  const sql = `select p.* from workflow_process p${where.sql} ${ordering(query, isFew(query) ? SORTED : 'p.started_at', 'p.id')} limit ?`;
  return { sql, values: [...where.values, query.limit] };
}

/** A planner without statistics would read all processes in their order, to find a few. This is no order that an index has. */
const SORTED = 'p.started_at + 0';

/** Few processes fit, so they are found first, and then sorted. */
function isFew({ groupId, groupIdPrefix, parentId, ids, overdue }: ProcessQuery): boolean {
  return groupId !== undefined || groupIdPrefix !== undefined || parentId !== undefined || ids !== undefined || overdue === true;
}

function unionOf(query: ProcessQuery, parts: readonly Query[]): Query {
  if (parts.length === 0) return { sql: 'select p.* from workflow_process p where 1 = 0', values: [] };
  const sql = parts.map((each, i) => `select * from (${each.sql}) part${i}`).join(' union all ');
  return { sql: `${sql} ${ordering(query, 'started_at', 'id')} limit ?`, values: [...parts.flatMap(({ values }) => values), query.limit] };
}

/** Found by the first value, in the order of the index of values. All else is looked at process by process, until there are enough. */
function searched(query: ProcessQuery, { name, value }: { readonly name: string; readonly value: string }): Query {
  const others = (query.search ?? []).slice(1).map((each): Query => ({ sql: hasValue, values: [each.name, each.value] }));
  const found: Query = { sql: 's.workflow = ? and s.name = ? and s.value = ?', values: [query.workflow ?? '', name, value] };
  const { workflow: _sameAsOfValue, statuses, ...rest } = query;
  const ofProcess = allOf([{ sql: 'p.id = s.process_id', values: [] }, ...ifGiven(statuses, isInStatus), ...kindConditions(rest), ...stepConditions(rest), ...timeConditions(rest, 'p.started_at')]); // prettier-ignore
  const fits: Query = { sql: `(select 1 from workflow_process p${ofProcess.sql}) = 1`, values: ofProcess.values };
  const where = allOf([found, ...placeCondition(query, 's.started_at', 's.process_id'), ...others, fits]);
  const inOrder = ordering(query, 's.started_at', 's.process_id');
  const sql = `select p.* from (select s.process_id, s.started_at from workflow_search s${where.sql} ${inOrder} limit ?) s join workflow_process p on p.id = s.process_id`;
  return { sql: `${sql} ${inOrder}`, values: [...where.values, query.limit] };
}

/** Each process is read by its id. Without `lower`, PostgreSQL would look through all of the status instead. */
function isInStatus(statuses: readonly ProcessStatus[]): Query {
  return { sql: `lower(p.status) ${inList(statuses).sql}`, values: statuses };
}

function ordering({ order }: ProcessQuery, started: string, id: string): string {
  return order === 'oldest' ? `order by ${started}, ${id}` : `order by ${started} desc, ${id} desc`;
}

function conditionsOf(query: ProcessQuery, started: string, id: string): Query[] {
  return [...kindConditions(query), ...stepConditions(query), ...timeConditions(query, started), ...placeCondition(query, started, id)];
}

function kindConditions({ workflow, version, statuses, groupId, groupIdPrefix, parentId, ids }: ProcessQuery): Query[] {
  return [
    ...equalTo({ 'p.workflow': workflow, 'p.workflow_version': version }),
    ...ifGiven(statuses, (some) => ({ sql: some.length === 1 ? 'p.status = ?' : `p.status ${inList(some).sql}`, values: some })),
    ...ifGiven(groupId, (id) => ({ sql: 'p.group_id = ? and p.group_key = ?', values: [id, groupKey(id)] })),
    ...ifGiven(groupIdPrefix, (prefix) => ({ sql: 'p.group_id >= ? and p.group_id < ?', values: [prefix, prefix + LAST] })),
    ...ifGiven(parentId, (id) => ({ sql: isChild, values: [id] })),
    ...ifGiven(ids, (some) => (some.length === 0 ? { sql: '1 = 0', values: [] } : { sql: `p.id ${inList(some).sql}`, values: some })),
  ];
}

function stepConditions({ waitingFor, standsIn, overdue }: ProcessQuery): Query[] {
  return [
    ...ifGiven(waitingFor, (step) => ({ sql: waitsIn, values: [step] })),
    ...ifGiven(standsIn, (step) => ({ sql: `(p.tokens like ? escape '!' or ${waitsIn})`, values: [tokenIn(step), step] })),
    ...ifGiven(overdue, (isLate) => ({ sql: isLate ? isOverdue : `${overdueWait} is null`, values: [] })),
  ];
}

/** A token of the process row that is in this step. */
function tokenIn(step: string): string {
  return `%"node":${JSON.stringify(step).replace(/[!%_]/g, '!$&')}%`;
}

function timeConditions({ startedBefore, startedAfter, updatedBefore, updatedAfter }: ProcessQuery, started: string): Query[] {
  const bounds = [
    [`${started} < ?`, startedBefore],
    [`${started} >= ?`, startedAfter],
    ['p.updated_at < ?', updatedBefore],
    [`${started} < ?`, updatedBefore], // it was started before, and the index knows that
    ['p.updated_at >= ?', updatedAfter],
  ] as const;
  return bounds.flatMap(([sql, value]) => ifGiven(value, (moment) => ({ sql, values: [moment] })));
}

function placeCondition({ after, order }: ProcessQuery, started: string, id: string): Query[] {
  const sign = order === 'oldest' ? '>' : '<';
  const sql = `${started} ${sign}= ? and (${started} ${sign} ? or ${id} ${sign} ?)`; // the index begins at the moment
  return ifGiven(after, (place) => ({ sql, values: [place.startedAt, place.startedAt, place.id] }));
}
