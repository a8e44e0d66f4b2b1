/** A page of processes, for which a store reads a limited number of rows, however many there are. */
import type { ProcessState } from '../core/process.js';
import type { ProcessPlace } from '../store/port.js';
import { isFew, isLookedThrough, isSorted, processPlace, type UnpagedQuery } from '../store/process-frame.js';
import type { QueryStore } from '../store/query-store.js';
import { InvalidInputError } from '../values/errors.js';
import { cursorAt, cursorPlace, limitOf, type Page, type PageOptions, pageOf } from './page.js';

/** So many processes are looked at for each that a page may have, and for one page, where an index does not have all that is asked. */
const LOOKED_AT = { forEach: 100, atMost: 5000 };
/** So many are sorted, where no index has the order. */
const MOST_SORTED = 10_000;

/** @throws InvalidInputError for a wrong limit or cursor, and for an order that would cost too much */
export async function findPage(queries: QueryStore, asked: UnpagedQuery, options: PageOptions): Promise<Page<ProcessState>> {
  const query = await withFrequency(queries, asked);
  await checkOrder(queries, query);
  const page = await pageWithin(queries, query, options);
  const isShort = query.prefixIsFrequent === true && page.next !== null && page.items.length < limitOf(options);
  return isShort ? pageWithin(queries, asked, options) : page; // those of the prefix lie together, and not here: all are sorted
}

async function pageWithin(queries: QueryStore, query: UnpagedQuery, options: PageOptions): Promise<Page<ProcessState>> {
  const limit = limitOf(options);
  const from = options.cursor === undefined ? query : { ...query, after: placeAt(options.cursor, query) };
  const until = isLookedThrough(query) ? await queries.pageEnd(from, Math.min(limit * LOOKED_AT.forEach, LOOKED_AT.atMost)) : null;
  const found = await queries.find({ ...from, limit: limit + 1, ...(until && { until }) });
  const page = pageOf(found, limit, (process) => parts(processPlace(process, query.sort), query), (process) => process); // prettier-ignore
  return until && page.next === null ? { ...page, next: cursorAt(parts(until, query)) } : page;
}

/** A prefix finds its processes in the order of their group ids. Where they are many, as those of a tenant, they are not all sorted for a page. */
async function withFrequency(queries: QueryStore, query: UnpagedQuery): Promise<UnpagedQuery> {
  const { groupIdPrefix, ...rest } = query;
  if (groupIdPrefix === undefined || isFew(rest) || rest.search?.length) return query;
  return (await queries.pageEnd({ groupIdPrefix }, MOST_SORTED + 1)) === null ? query : { ...query, prefixIsFrequent: true };
}

/** @throws InvalidInputError */
async function checkOrder(queries: QueryStore, query: UnpagedQuery): Promise<void> {
  const { sort, order: _, ...unsorted } = query;
  if (sort === 'finishedAt' && query.workflow === undefined && !isFew(query))
    throw new InvalidInputError('sort', ['finishedAt needs the workflow too, because the finished processes of each workflow are in an order of their own']);
  if (!isSorted(query) || (await queries.pageEnd(unsorted, MOST_SORTED + 1)) === null) return;
  const remedy = 'Say more, such as a status like "waiting" or "failed", a group id, a value or a time of start, or sort by startedAt';
  throw new InvalidInputError('sort', [`no index has the order of ${sort}, and more than 10,000 processes would have to be sorted. ${remedy}`]);
}

/** A cursor of another order would begin anywhere, so it says which order it is of. */
function parts({ at, id }: ProcessPlace, { sort = 'startedAt' }: UnpagedQuery): readonly (string | number)[] {
  return sort === 'startedAt' ? [at, id] : [at, id, sort];
}

/** @throws InvalidInputError */
function placeAt(cursor: string, { sort = 'startedAt' }: UnpagedQuery): ProcessPlace {
  const [at, id, of] = sort === 'startedAt' ? cursorPlace(cursor, ['number', 'string']) : cursorPlace(cursor, ['number', 'string', 'string']);
  if (of !== undefined && of !== sort) throw new InvalidInputError('cursor', [`it is of a list that is sorted by ${of}`]);
  return { at, id };
}
