/** What monitoring asks of all processes. Each statement goes by its index, and reads no finished process. */
import { UNCLAIMED, UNCLAIMED_NEW, type ProcessStatus } from '../../core/process.js';
import { AGEING_KINDS, OLDEST_WAITS, type QueueGauge, type StoreGauges } from '../store-gauges.js';
import type { Query } from './query.js';
import type { FoundRow } from './states.js';

/**
 * The limits keep a planner without statistics from another order: it would read all waits by the index that has them as they are grouped.
 * It would also turn a join into one that reads all processes.
 */
const MOST_ROWS = 1_000_000;
const workflow = '(select p.workflow from workflow_process p where p.id = w.process_id) as workflow';
const oldest = AGEING_KINDS.map(
  (kind) => `select * from (select process_id, step, since from workflow_wait where kind = '${kind}' order by since limit ${OLDEST_WAITS}) ${kind}_waits`,
).join(' union all ');
const late = `select ${workflow}, w.step from workflow_wait w where w.kind = 'overdue' limit ${MOST_ROWS}`;
const queued = `select queue, worker, ready_at from workflow_wait where kind = 'task' limit ${MOST_ROWS}`;

const statuses = 'select workflow, status, count(*) as many from workflow_process where live = 0 group by workflow, status';
const unclaimed = `select count(*) as many from workflow_process where worker in ('${UNCLAIMED}', '${UNCLAIMED_NEW}')`;
const waits = `select workflow, step, min(since) as since from (select ${workflow}, w.step, w.since from (${oldest}) w limit ${MOST_ROWS}) w group by workflow, step`;
const overdue = `select workflow, step, count(*) as many from (${late}) w group by workflow, step`;
const tasks = `select queue, count(*) as many, count(worker) as taken, sum(case when ready_at <= ? then 1 else 0 end) as ready, min(ready_at) as ready_at
  from (${queued}) w group by queue`;

/** Runs the five statements, one after the other where they share a connection. */
export async function gaugesOf(rows: (query: Query) => Promise<readonly FoundRow[]>, now: number): Promise<StoreGauges> {
  const asked: readonly Query[] = [...[statuses, unclaimed, waits, overdue].map((sql) => ({ sql, values: [] })), { sql: tasks, values: [now] }];
  const [live = [], free = [], ageing = [], overdues = [], queues = []] = await Promise.all(asked.map(rows));
  return {
    processes: live.map(({ workflow, status, many }) => ({ workflow: String(workflow), status: status as ProcessStatus, count: Number(many) })),
    unclaimed: Number(free[0]!.many),
    oldestWaits: ageing.map(({ workflow, step, since }) => ({ workflow: String(workflow), step: String(step), since: Number(since) })),
    overdue: overdues.map(({ workflow, step, many }) => ({ workflow: String(workflow), step: String(step), count: Number(many) })),
    queues: queues.map(queueGauge),
  };
}

function queueGauge({ queue, many, taken, ready, ready_at }: FoundRow): QueueGauge {
  const waiting = Number(many) - Number(taken);
  return {
    queue: String(queue),
    ready: Number(ready),
    later: waiting - Number(ready),
    taken: Number(taken),
    readyAt: ready_at === null ? null : Number(ready_at),
  };
}
