import type { Query } from '../api/client.js';

/** Filters of the list of processes, each a name in the URL and in `GET /processes`. */
export const FILTERS = [
  'workflow', 'version', 'status', 'step', 'waitingFor', 'error', 'groupId', 'groupIdPrefix', 'correlationId', 'parent', 'values',
  'overdue', 'startedAfter', 'startedBefore', 'updatedAfter', 'updatedBefore', 'order',
] as const; // prettier-ignore
export type FilterName = (typeof FILTERS)[number];

/** Moments are typed without their zone, and sent as UTC. */
const MOMENTS: ReadonlySet<string> = new Set(['startedAfter', 'startedBefore', 'updatedAfter', 'updatedBefore']);

/** What the URL says, as the query of the API. What it does not know is left out. */
export function filtersIn(query: URLSearchParams): Query {
  const found: Record<string, string | string[]> = {};
  for (const name of FILTERS) {
    const values = query.getAll(name).filter((value) => value !== '');
    if (values.length > 0) found[name] = name === 'status' ? values : values[0]!;
  }
  return found;
}

/** A form of filters, as the query of the page: empty fields are left out. */
export function queryOf(fields: Iterable<readonly [string, FormDataEntryValue]>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of fields) {
    const text = typeof value === 'string' ? value.trim() : '';
    if (text !== '') query.append(name, MOMENTS.has(name) ? asMoment(text) : text);
  }
  return query;
}

function asMoment(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}

/** A moment as a field of the browser takes it: local, to the minute. */
export function asField(moment: string | null): string {
  const date = new Date(moment ?? '');
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** As the body of a bulk run takes it: numbers and booleans are what they are, values are an object. */
export function bulkFilter(query: Query): Record<string, unknown> {
  const { order: _, version, overdue, values, ...texts } = query;
  return {
    ...texts,
    ...(version !== undefined && { version: Number(version) }),
    ...(overdue !== undefined && { overdue: overdue === 'true' }),
    ...(typeof values === 'string' && { values: parsed(values) }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // the server says what is wrong
  }
}
