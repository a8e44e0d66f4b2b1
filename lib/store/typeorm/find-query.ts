import { type ProcessStatus, STATUSES } from '../../core/process.js';
import { groupKey } from '../../values/digest.js';
import type { ProcessPlace, ProcessQuery, ProcessSort } from '../port.js';
import { isFew, isSorted, possibleStatuses } from '../process-frame.js';
import { allOf, equalTo, ifGiven, inList, type Query } from './query.js';

/** Subqueries in a comparison: a planner without statistics would turn `exists` into a join, and read all waits for one page. */
const waitsIn = `(select 1 from workflow_wait w where w.process_id = p.id and w.step = ? and w.kind not in ('closed', 'listener') limit 1) = 1`;
/** Few processes take too long, so they are found by the index of their waits. */
const isOverdue = `p.id in (select w.process_id from workflow_wait w where w.kind = 'overdue')`;
const overdueWait = `(select 1 from workflow_wait w where w.process_id = p.id and w.kind = 'overdue' limit 1)`;
const hasValue = '(select 1 from workflow_search x where x.process_id = s.process_id and x.name = ? and x.value = ?) = 1';
/** Written so that its index can be used. */
const isChild = '(p.live = 0 or p.live is null) and p.parent_id = ?';
const hasPrefix = 'p.group_id >= ? and p.group_id < ?';
/** Sorts behind every text that begins with a prefix. */
const LAST = '\u{10FFFF}';

/** The columns of each moment by which processes are sorted. */
const MOMENTS: Readonly<Record<ProcessSort, string>> = { startedAt: 'started_at', finishedAt: 'finished_at', updatedAt: 'updated_at' };

/** What is selected: all of each process, or the place of the last one alone. */
interface Selected {
  readonly columns: string;
  /** The end of the statement. */
  readonly most: string;
  readonly values: readonly number[];
  /** False: any order will do. */
  readonly inOrder?: boolean;
}

/**
 * A page of processes, by a moment and id. Processes of several statuses are found status by status, each by its index, because an index
 * has the processes of one status in this order. `byEnd`: what makes the database go by the index that has the order of their ends.
 */
export function findQuery(query: ProcessQuery, byEnd = ''): Query {
  return selected(query, { columns: '*', most: 'limit ?', values: [query.limit] }, byEnd);
}

/**
 * The place of the n-th process. It reads the places before it too: `n` says how many rows may be read. Of processes that are found first and then
 * sorted, any place: to sort them all would read them all.
 */
export function placeQuery(query: Omit<ProcessQuery, 'limit'>, n: number, byEnd: string): Query {
  const columns = `${momentOf(query)}, id`;
  return selected({ ...query, limit: n }, { columns, most: 'limit 1 offset ?', values: [n - 1], inOrder: !isFew(query) }, byEnd);
}

function selected(query: ProcessQuery, what: Selected, byEnd: string): Query {
  const [first] = query.search ?? [];
  if (first) return searched(query, first, what);
  const statuses = statusesOf(query);
  if (statuses === null) return part(query, what, byEnd);
  const all = { ...what, most: 'limit ?', values: [query.limit] };
  return unionOf(query, what, statuses.map((status) => part({ ...query, statuses: [status] }, all, ''))); // prettier-ignore
}

/** The statuses to find one by one. Null: the processes are found in another way, or all at once. */
function statusesOf(query: ProcessQuery): readonly ProcessStatus[] | null {
  const { workflow, waitingFor, standsIn, sort } = query;
  if (isFew(query) || sort === 'finishedAt') return null;
  const isInStep = waitingFor !== undefined || standsIn !== undefined;
  const possible = possibleStatuses(query) ?? (workflow !== undefined || isInStep ? STATUSES : null);
  return possible && possible.length !== 1 ? possible : null;
}

function part(query: ProcessQuery, { columns, most, values, inOrder = true }: Selected, byEnd: string): Query {
  const moment = `p.${momentOf(query)}`;
  const where = allOf(conditionsOf(query, moment));
  const hint = query.sort === 'finishedAt' && !isFew(query) ? byEnd : '';
  const order = inOrder ? ordering(query, isFew(query) ? moment + UNSORTED : moment, 'p.id') : '';
  return { sql: `select ${columnsIn('p', columns)} from workflow_process p${hint}${where.sql} ${order} ${most}`, values: [...where.values, ...values] };
}

/** A planner without statistics would read all processes in their order, to find a few. This is no order that an index has. */
const UNSORTED = ' + 0';

function columnsIn(table: string, columns: string): string {
  return columns.replace(/(\w+|\*)/g, `${table}.$1`);
}

export function momentOf({ sort = 'startedAt' }: Pick<ProcessQuery, 'sort'>): string {
  return MOMENTS[sort];
}

function unionOf(query: ProcessQuery, { columns, most, values }: Selected, parts: readonly Query[]): Query {
  if (parts.length === 0) return { sql: `select ${columnsIn('p', columns)} from workflow_process p where 1 = 0`, values: [] };
  const sql = parts.map((each, i) => `select * from (${each.sql}) part${i}`).join(' union all ');
  return { sql: `${sql} ${ordering(query, momentOf(query), 'id')} ${most}`, values: [...parts.flatMap((each) => each.values), ...values] };
}

type SearchedPair = NonNullable<ProcessQuery['search']>[number];

/** Found by the first value, in the order of the index of values. All else is looked at process by process, until there are enough. */
function searched(query: ProcessQuery, first: SearchedPair, what: Selected): Query {
  if (isSorted(query)) return searchedAndSorted(query, first, what);
  const where = allOf([...valueConditions(query, first), ...placeConditions(query, 's.started_at', 's.process_id')]);
  const inOrder = ordering(query, 's.started_at', 's.process_id');
  const found = `select s.process_id, s.started_at from workflow_search s${where.sql} ${inOrder} ${what.most}`;
  const sql = `select ${columnsIn('p', what.columns)} from (${found}) s join workflow_process p on p.id = s.process_id ${inOrder}`;
  return { sql, values: [...where.values, ...what.values] };
}

function searchedAndSorted(query: ProcessQuery, first: SearchedPair, { columns, most, values }: Selected): Query {
  const moment = `p.${momentOf(query)}`;
  const where = allOf([...valueConditions(query, first), ...endConditions(query), ...placeConditions(query, moment, 'p.id')]);
  const sql = `select ${columnsIn('p', columns)} from workflow_search s join workflow_process p on p.id = s.process_id${where.sql}`;
  return { sql: `${sql} ${ordering(query, moment + UNSORTED, 'p.id')} ${most}`, values: [...where.values, ...values] };
}

/** The first value, the others, and what the process is looked at for. */
function valueConditions(query: ProcessQuery, { name, value }: SearchedPair): Query[] {
  const { workflow, statuses, ...rest } = query; // its workflow is that of the value
  const found: Query = { sql: 's.workflow = ? and s.name = ? and s.value = ?', values: [workflow ?? '', name, value] };
  const others = (query.search ?? []).slice(1).map((each): Query => ({ sql: hasValue, values: [each.name, each.value] }));
  const ofProcess = [...ifGiven(statuses, isInStatus), ...kindConditions(rest), ...stepConditions(rest), ...changeConditions(rest)];
  const fits = allOf([{ sql: 'p.id = s.process_id', values: [] }, ...ofProcess]);
  const looked = ofProcess.length === 0 ? [] : [{ sql: `(select 1 from workflow_process p${fits.sql}) = 1`, values: fits.values }];
  return [found, ...startConditions(query, 's.started_at'), ...others, ...looked];
}

/** Each process is read by its id. Without `lower`, PostgreSQL would look through all of the status instead. */
function isInStatus(statuses: readonly ProcessStatus[]): Query {
  return { sql: `lower(p.status) ${inList(statuses).sql}`, values: statuses };
}

function ordering({ order }: ProcessQuery, moment: string, id: string): string {
  return order === 'oldest' ? `order by ${moment}, ${id}` : `order by ${moment} desc, ${id} desc`;
}

function conditionsOf(query: ProcessQuery, moment: string): Query[] {
  const { statuses, ...others } = query;
  const kinds = query.sort === 'finishedAt' ? [...kindConditions(others), ...ifGiven(statuses, isInStatus)] : kindConditions(query);
  return [
    ...kinds,
    ...stepConditions(query),
    ...startConditions(query, 'p.started_at'),
    ...changeConditions(query),
    ...endConditions(query),
    ...placeConditions(query, moment, 'p.id'),
  ];
}

function endConditions({ sort }: ProcessQuery): Query[] {
  return sort === 'finishedAt' ? [{ sql: 'p.finished_at is not null', values: [] }] : [];
}

function kindConditions({ workflow, version, statuses, groupId, groupIdPrefix, prefixIsFrequent, parentId, ids }: ProcessQuery): Query[] {
  return [
    ...equalTo({ 'p.workflow': workflow, 'p.workflow_version': version }),
    ...ifGiven(statuses, (some) => ({ sql: some.length === 1 ? 'p.status = ?' : `p.status ${inList(some).sql}`, values: some })),
    ...ifGiven(groupId, (id) => ({ sql: 'p.group_id = ? and p.group_key = ?', values: [id, groupKey(id)] })),
    ...ifGiven(groupIdPrefix, (prefix) => ({ sql: prefixIsFrequent ? `(${hasPrefix}) is true` : hasPrefix, values: [prefix, prefix + LAST] })),
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

function startConditions({ startedBefore, startedAfter, updatedBefore }: ProcessQuery, started: string): Query[] {
  const wasBefore = (moment: number) => ({ sql: `${started} < ?`, values: [moment] });
  const changed = ifGiven(updatedBefore, wasBefore); // it was started before, and the index knows that
  return [...ifGiven(startedBefore, wasBefore), ...ifGiven(startedAfter, (moment) => ({ sql: `${started} >= ?`, values: [moment] })), ...changed];
}

function changeConditions({ updatedBefore, updatedAfter }: ProcessQuery): Query[] {
  return [
    ...ifGiven(updatedBefore, (moment) => ({ sql: 'p.updated_at < ?', values: [moment] })),
    ...ifGiven(updatedAfter, (moment) => ({ sql: 'p.updated_at >= ?', values: [moment] })),
  ];
}

/** The index begins at the moment. */
function placeConditions({ after, until, order }: ProcessQuery, moment: string, id: string): Query[] {
  const [later, earlier] = order === 'oldest' ? ['>', '<'] : ['<', '>'];
  const bound = (far: string, last: string) => (place: ProcessPlace) => ({
    sql: `${moment} ${far}= ? and (${moment} ${far} ? or ${id} ${last} ?)`,
    values: [place.at, place.at, place.id],
  });
  return [...ifGiven(after, bound(later, later)), ...ifGiven(until, bound(earlier, `${earlier}=`))];
}
