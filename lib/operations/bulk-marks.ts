import type { QueryStore } from '../store/query-store.js';
import type { StoredBulk } from '../store/port.js';

/** How many audit records are read at once. */
const RECORDS_AT_ONCE = 100;
/** The clocks of two instances differ by less. */
const CLOCKS_DIFFER_MS = 60_000;

/** What the reason of an action ends with: it leads from an audit record to its bulk run. */
export function markOf(bulkId: string): string {
  return `[bulk run ${bulkId}]`;
}

/**
 * Whether the process has an audit record with the mark of this run. `since`: when the run began with this process. Records are read from the newest
 * back, and not behind that moment, so it costs no more for a process that has a hundred thousand of them.
 */
export async function hasMark(queries: QueryStore, { id: bulkId }: Pick<StoredBulk, 'id'>, processId: string, since: number): Promise<boolean> {
  const [process] = await queries.find({ ids: [processId], limit: 1 });
  for (let end = process?.revision ?? 0; end > 0; end -= RECORDS_AT_ONCE) {
    const after = Math.max(end - RECORDS_AT_ONCE, 0);
    const records = await queries.recordsOf(processId, { after, limit: end - after });
    if (records.some(({ reason }) => reason?.endsWith(markOf(bulkId)) ?? false)) return true;
    if (records[0] && records[0].at < since - CLOCKS_DIFFER_MS) return false;
  }
  return false;
}
