import { UNCLAIMED_NEW } from '../../core/process.js';
import type { SilentWorker, WorkerCount } from '../port.js';
import type { FoundRow } from './states.js';

export const seenAt = 'select seen_at from workflow_worker where id = ?';

/** Workers that hold work but have no row: it was deleted, or never written. Otherwise their work would never be taken over. */
function withoutRow(holding: 'process' | 'wait'): string {
  return `select distinct h.worker, 1 as seen_at from workflow_${holding} h where h.worker > '${UNCLAIMED_NEW}' and not exists (select 1 from workflow_worker k where k.id = h.worker)`;
}

export const silentWorkers = `select id, seen_at from workflow_worker where seen_at < ? union ${withoutRow('process')} union ${withoutRow('wait')}`;

export function silentWorker({ id, seen_at }: FoundRow): SilentWorker {
  return { id: String(id), retired: Number(seen_at) === 0 };
}

function held(what: 'process' | 'wait'): string {
  return `(select count(*) from workflow_${what} h where h.worker = k.id)`;
}

export const workerCounts = `select k.id, k.seen_at, ${held('process')} as processes, ${held('wait')} as tasks from workflow_worker k where k.seen_at > 0 order by k.id`;

export function workerCount({ id, seen_at, processes, tasks }: FoundRow): WorkerCount {
  return { id: String(id), seenAt: Number(seen_at), processes: Number(processes), tasks: Number(tasks) };
}
