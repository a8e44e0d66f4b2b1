import type { ProcessState } from '../../core/process.js';
import type { ProcessQuery } from '../port.js';
import { byStart, openWaits, type ProcessRows } from './process-rows.js';

/** The order of a list. */
export function startOrder({ order }: Pick<ProcessQuery, 'order'>): typeof byStart {
  return order === 'oldest' ? (a, b) => byStart(b, a) : byStart;
}

/** True for the processes that a query selects. */
export function matchesQuery(rows: ProcessRows, query: ProcessQuery): boolean {
  const { process } = rows;
  const isAfter = query.after === undefined || startOrder(query)(process, query.after) > 0;
  return isAfter && isOfKind(process, query) && isInTime(process, query) && standsWhere(rows, query) && hasValues(rows, query);
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
