import { checkCall } from '../context/call-checks.js';
import { checkOneOf } from '../context/checks.js';
import { plain } from '../context/plain.js';
import { searchText } from '../context/search-text.js';
import { FAILURE, failureOf } from '../core/failure-text.js';
import { type ProcessStatus, STATUSES } from '../core/process.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import type { ProcessQuery, ProcessSort } from '../store/port.js';
import { InvalidInputError } from '../values/errors.js';
import { given } from '../values/given.js';
import { didYouMean } from '../values/suggest.js';
import type { Class } from '../values/types.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

/** A value by which a process is found. */
export type SearchedValue = string | number | boolean | Date;

/** Selects the processes that fit every property given. */
export interface ProcessFilter {
  readonly workflow?: string | Class;
  /** The version of its workflow. */
  readonly version?: number;
  readonly status?: ProcessStatus | readonly ProcessStatus[];
  readonly groupId?: string;
  /** The beginning of its group id. */
  readonly groupIdPrefix?: string;
  /** The id of the process that started it. */
  readonly parent?: string;
  /** The id under which one of its steps has asked. */
  readonly correlationId?: string;
  /** A step it stands in: it waits there, runs there, or has failed there. */
  readonly step?: string | Class;
  /** The name of a step it waits in. */
  readonly waitingFor?: string;
  /** How it has failed: an `error` of {@link WorkflowService.counts} or {@link WorkflowService.attention}. Needs `workflow` and `step`. */
  readonly error?: string;
  /** Values of the keys that its workflow declares searchable. Needs `workflow`. */
  readonly values?: Readonly<Record<string, SearchedValue>>;
  /** True: one of its steps has taken longer than its `overdue` says. */
  readonly overdue?: boolean;
  readonly startedBefore?: Date;
  /** At that moment or later. */
  readonly startedAfter?: Date;
  readonly updatedBefore?: Date;
  /** At that moment or later. */
  readonly updatedAfter?: Date;
  /**
   * The moment by which the list is sorted. Default `startedAt`. `finishedAt` lists what has finished, and needs `workflow`, `groupId` or another value
   * that few processes have. `updatedAt` is refused where more than 10,000 processes would have to be sorted.
   */
  readonly sort?: ProcessSort;
  /** By the moment of `sort`. Default `newest`: the last first. */
  readonly order?: 'newest' | 'oldest';
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** Shows what belongs to the engine, too. */
  readonly internals?: boolean;
  /** 1 to 200. Default 50. */
  readonly limit?: number;
}

export const SORTS: readonly ProcessSort[] = ['startedAt', 'finishedAt', 'updatedAt'];

/** The query that a filter means, but for a correlation id. @throws InvalidInputError for wrong options */
export function queryOf(filter: ProcessFilter, registry: WorkflowRegistry): Omit<ProcessQuery, 'limit' | 'after'> {
  checkCall('find', filter, 'The filter');
  const { workflow, version, status, groupId, groupIdPrefix, parent, step, waitingFor, overdue, sort, order } = filter;
  const statuses = status === undefined ? undefined : ([status].flat() as ProcessStatus[]);
  for (const each of statuses ?? []) checkOneOf('status', each, STATUSES);
  if (sort !== undefined) checkOneOf('sort', sort, SORTS);
  if (order !== undefined) checkOneOf('order', order, ['newest', 'oldest']);
  const search = [...failureSearched(filter), ...valuesSearched(filter, registry)];
  return given({
    ...{ workflow: workflow === undefined ? undefined : registry.nameOf(workflow), version, statuses, groupId, groupIdPrefix, parentId: parent },
    ...{ standsIn: step === undefined ? undefined : stepNameOf(step), waitingFor, overdue, sort, order, ...times(filter) },
    search: search.length > 0 ? search : undefined,
  });
}

function times({ startedBefore, startedAfter, updatedBefore, updatedAfter }: ProcessFilter) {
  const [before, after] = [startedBefore?.getTime(), startedAfter?.getTime()];
  return { startedBefore: before, startedAfter: after, updatedBefore: updatedBefore?.getTime(), updatedAfter: updatedAfter?.getTime() };
}

type SearchedPairs = NonNullable<ProcessQuery['search']>;

function failureSearched({ error, workflow, step }: ProcessFilter): SearchedPairs {
  if (error === undefined) return [];
  if (workflow === undefined || step === undefined)
    throw new InvalidInputError('error', ['say the workflow and the step that failed too, as counts() lists them']);
  return [{ name: FAILURE, value: failureOf(stepNameOf(step), error) }];
}

function valuesSearched({ values = {}, workflow }: ProcessFilter, registry: WorkflowRegistry): SearchedPairs {
  const entries = Object.entries(values);
  if (entries.length === 0) return [];
  if (workflow === undefined) throw new InvalidInputError('values', ['say the workflow too, because each has searchable keys of its own']);
  const known = registry.searchable(workflow);
  return entries.map(([name, value]) => ({ name, value: searchedText(name, value, known) }));
}

function searchedText(name: string, value: unknown, known: ReadonlySet<string>): string {
  if (!known.has(name)) throw new InvalidInputError(`values.${name}`, [`it is no searchable key.${didYouMean(name, known)} Put @Searchable() on it`]);
  const isMoment = value instanceof Date && !Number.isNaN(value.getTime());
  const text = isMoment || typeof value !== 'object' ? searchText(plain(value, `values.${name}`)) : null;
  if (text === null) throw new InvalidInputError(`values.${name}`, ['it must be a string, a number, a boolean or a Date']);
  return text;
}
