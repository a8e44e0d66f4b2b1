import type { ProcessState } from '../../core/process.js';
import type { ProcessPlace, ProcessQuery } from '../port.js';
import { processPlace } from '../process-frame.js';
import { openWaits, type ProcessRows } from './process-rows.js';

/** The order of a list. */
export function listOrder({ sort, order }: Pick<ProcessQuery, 'sort' | 'order'>): (a: ProcessState, b: ProcessState) => number {
  return (a, b) => byPlace(order, processPlace(a, sort), processPlace(b, sort));
}

/** Positive: the first is behind the other. */
function byPlace(order: ProcessQuery['order'], a: ProcessPlace, b: ProcessPlace): number {
  const sign = order === 'oldest' ? 1 : -1;
  if (a.at !== b.at) return sign * (a.at - b.at);
  return a.id === b.id ? 0 : a.id > b.id ? sign : -sign;
}

/** True for the processes that a query selects. */
export function matchesQuery(rows: ProcessRows, query: ProcessQuery): boolean {
  const { process } = rows;
  return isOnPage(process, query) && isOfKind(process, query) && isInTime(process, query) && standsWhere(rows, query) && hasValues(rows, query);
}

function isOnPage(process: ProcessState, { sort, order, after, until }: ProcessQuery): boolean {
  if (sort === 'finishedAt' && process.finishedAt === null) return false;
  const place = processPlace(process, sort);
  return (!after || byPlace(order, place, after) > 0) && (!until || byPlace(order, place, until) <= 0);
}

function isOfKind(process: ProcessState, { workflow, version, statuses, groupId, groupIdPrefix, ids, parentId }: ProcessQuery): boolean {
  return (
    (workflow === undefined || process.workflow === workflow) &&
    (version === undefined || process.workflowVersion === version) &&
    (statuses === undefined || statuses.includes(process.status)) &&
    (groupId === undefined || process.groupId === groupId) &&
    (groupIdPrefix === undefined || process.groupId.startsWith(groupIdPrefix)) &&
    (ids === undefined || ids.includes(process.id)) &&
    (parentId === undefined || process.parent?.id === parentId)
  );
}

function isInTime({ startedAt, updatedAt }: ProcessState, { startedBefore, startedAfter, updatedBefore, updatedAfter }: ProcessQuery): boolean {
  return (
    (startedBefore === undefined || startedAt < startedBefore) &&
    (startedAfter === undefined || startedAt >= startedAfter) &&
    (updatedBefore === undefined || updatedAt < updatedBefore) &&
    (updatedAfter === undefined || updatedAt >= updatedAfter)
  );
}

function standsWhere(rows: ProcessRows, { waitingFor, standsIn, overdue }: ProcessQuery): boolean {
  const waits = openWaits(rows);
  const waitsIn = (step: string) => waits.some(({ token, waitsFor }) => token.node === step && waitsFor.kind !== 'listener');
  const isIn = (step: string) => waitsIn(step) || rows.process.tokens.some(({ node }) => node === step);
  return (
    (waitingFor === undefined || waitsIn(waitingFor)) &&
    (standsIn === undefined || isIn(standsIn)) &&
    (overdue === undefined || waits.some(({ waitsFor }) => waitsFor.kind === 'overdue') === overdue)
  );
}

function hasValues({ search }: ProcessRows, { search: asked = [] }: ProcessQuery): boolean {
  return asked.every(({ name, value }) => search.get(name) === value);
}
