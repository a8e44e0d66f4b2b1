/** Which processes a store finds by an index, in which order, and which it has to look at one by one. */
import { isFinished, type ProcessState, type ProcessStatus, STATUSES } from '../core/process.js';
import { given } from '../values/given.js';
import type { ProcessPlace, ProcessQuery, ProcessSort } from './selections.js';

/** Where a process stands in an order. */
export function processPlace(process: Pick<ProcessState, ProcessSort | 'id'>, sort: ProcessSort = 'startedAt'): ProcessPlace {
  return { at: process[sort] ?? 0, id: process.id };
}

/** Few processes fit, so they are found first, and then sorted. */
export function isFew({ groupId, groupIdPrefix, prefixIsFrequent, parentId, ids, overdue }: UnpagedQuery): boolean {
  const hasRarePrefix = groupIdPrefix !== undefined && prefixIsFrequent !== true;
  return groupId !== undefined || hasRarePrefix || parentId !== undefined || ids !== undefined || overdue === true;
}

/** No index has this order: all that fit are read, and sorted. */
export function isSorted(query: UnpagedQuery): boolean {
  const { sort, search = [] } = query;
  return sort === 'updatedAt' || (sort === 'finishedAt' && (isFew(query) || search.length > 0));
}

/** True: a page may read more processes than it has, because something in the query is in no index. */
export function isLookedThrough(query: UnpagedQuery): boolean {
  const { version, waitingFor, standsIn, overdue, updatedBefore, updatedAfter, prefixIsFrequent, search = [], statuses, sort } = query;
  const ofProcess = [version, waitingFor, standsIn, overdue, updatedBefore, updatedAfter, prefixIsFrequent].some((each) => each !== undefined);
  if (isSorted(query)) return false;
  if (search.length > 0) return ofProcess || search.length > 1 || statuses !== undefined || isFew(query);
  return !isFew(query) && (ofProcess || (sort === 'finishedAt' && statuses !== undefined));
}

/** The query without what is looked at process by process: what it finds is read from an index alone. */
export function frameOf(query: UnpagedQuery): UnpagedQuery {
  const { version: _version, waitingFor: _waits, standsIn: _stands, updatedAfter: _after, updatedBefore, overdue, prefixIsFrequent, ...frame } = query;
  const { workflow, search = [], startedAfter, order, after } = query;
  const before = [frame.startedBefore, updatedBefore].filter((each) => each !== undefined);
  const startedBefore = before.length > 0 ? Math.min(...before) : undefined; // what was changed before was started before
  if (search.length > 0) return given({ workflow, search: search.slice(0, 1), startedAfter, startedBefore, order, after });
  const statuses = query.sort === 'finishedAt' ? undefined : possibleStatuses(query);
  return given({ ...frame, ...(prefixIsFrequent && { groupIdPrefix: undefined }), overdue: overdue === true ? true : undefined, statuses, startedBefore });
}

/** Those of the statuses asked for that a process can have: it has no step any more once it has finished. */
export function possibleStatuses({ statuses, waitingFor, standsIn }: UnpagedQuery): readonly ProcessStatus[] | undefined {
  if (waitingFor === undefined && standsIn === undefined) return statuses;
  return (statuses ?? STATUSES).filter((status) => !isFinished(status));
}

/** A query of a page of any length. */
export type UnpagedQuery = Omit<ProcessQuery, 'limit'>;
