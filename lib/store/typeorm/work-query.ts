import { UNCLAIMED, UNCLAIMED_NEW } from '../../core/process.js';
import type { WorkThere } from '../port.js';
import { andNot, inList, type Query } from './query.js';
import type { FoundRow } from './states.js';

/** Asks in one statement for each kind of work whether there is any. `storeNow`: the time of the database. */
export function workQuery(storeNow: string, now: number, queues: readonly string[]): Query {
  const list = inList(queues);
  const isReady = queues.length === 0 ? 'false' : `exists (select 1 from workflow_wait w where w.queue ${list.sql} and w.ready_at <= ?)`;
  const sql = `select exists (select 1 from workflow_wait w where w.due_at <= ?) as due,
    exists (select 1 from workflow_process p where p.worker in ('${UNCLAIMED}', '${UNCLAIMED_NEW}')) as free,
    ${isReady} as ready, exists (select 1 from workflow_inbox where disposition = 'scheduled' and received_at <= ?) as scheduled,
    exists (select 1 from workflow_outbox where ready_at <= ?) as untransmitted,
    ${storeNow} as store_now, coalesce((select max(updated_at) from workflow_definition), 0) as defined_at,
    coalesce((select max(updated_at) from workflow_pause), 0) as paused_at, exists (select 1 from workflow_bulk where state = 'running') as bulk`;
  return { sql, values: [now, ...(queues.length === 0 ? [] : [...list.values, now]), now, now] };
}

export function workThere({ due, free, ready, scheduled, untransmitted, store_now, defined_at, paused_at, bulk }: FoundRow): WorkThere {
  const [isDue, isFree, isReady, isScheduled, isUnsent, isBulk] = [due, free, ready, scheduled, untransmitted, bulk].map((value) => Boolean(Number(value)));
  return {
    due: isDue!, free: isFree!, ready: isReady!, scheduled: isScheduled!, untransmitted: isUnsent!, now: Number(store_now), definedAt: Number(defined_at),
    pausedAt: Number(paused_at), bulk: isBulk!,
  }; // prettier-ignore
}

/** The rows of a table that name this worker, but not those of the processes in `except`. */
export function heldRows(table: 'process' | 'wait', worker: string, limit: number, except: readonly string[]): Query {
  const [id, columns] = table === 'process' ? ['id', 'id, revision'] : ['process_id', '*'];
  const readable = andNot(id, except);
  return { sql: `select ${columns} from workflow_${table} where worker = ?${readable.sql} limit ?`, values: [worker, ...readable.values, limit] };
}

/** Asks for the first moment of each kind after `after`. */
export function momentQuery(after: number): Query {
  const first = (column: string, table: string, where = '') => `(select min(${column}) from ${table} where ${column} > ?${where})`;
  const sql = `select ${first('due_at', 'workflow_wait')} as due, ${first('ready_at', 'workflow_wait')} as ready,
    ${first('received_at', 'workflow_inbox', " and disposition = 'scheduled'")} as scheduled, ${first('ready_at', 'workflow_outbox')} as untransmitted`;
  return { sql, values: [after, after, after, after] };
}

export function firstMoment({ due, ready, scheduled, untransmitted }: FoundRow): number | null {
  const moments = [due, ready, scheduled, untransmitted].filter((moment) => moment !== null).map(Number);
  return moments.length === 0 ? null : Math.min(...moments);
}
