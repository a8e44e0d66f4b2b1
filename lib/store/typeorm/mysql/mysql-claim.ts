import type { ClaimBy, Rate, TaskAt } from '../../port.js';
import { leftIn, type RateWindow, windowAt } from '../../rate-window.js';
import { isKnown } from '../query.js';
import type { MysqlConnection } from './mysql-connection.js';

const ready = `select w.process_id, w.token_key, w.run, w.claim from workflow_wait w
  where (w.process_id, w.token_key) in (?) and w.kind = 'task' and w.ready_at <= ? for update skip locked`;
const open = `select id from workflow_process p where id in (?) and status in ('running', 'waiting')`;
const take = 'update workflow_wait set worker = ?, claim = claim + 1, ready_at = null where (process_id, token_key) in (?)';

/** Claims tasks that are free and ready, and skips those that another worker is just claiming. */
export function claimInTransaction(connection: MysqlConnection, tasks: readonly TaskAt[], by: ClaimBy): Promise<TaskAt[]> {
  const { rate } = by;
  return connection.transaction(() => (rate ? claimWithinRate(connection, tasks, by, rate) : claimReady(connection, tasks, by, tasks.length)));
}

/** Locks the one row of the queue while tasks are claimed: all workers together stay within the rate, and only claimed tasks count. */
async function claimWithinRate(connection: MysqlConnection, tasks: readonly TaskAt[], by: ClaimBy, rate: Rate): Promise<TaskAt[]> {
  const { queue } = tasks[0]!;
  const window = windowAt(await lockRateRow(connection, queue, by.now), { now: by.now, rate });
  const taken = await claimReady(connection, tasks, by, leftIn(window, rate));
  const values = [window.from, window.taken + taken.length, queue];
  if (taken.length > 0) await connection.run('update workflow_rate set window_at = ?, taken = ? where queue = ?', values);
  return taken;
}

async function lockRateRow(connection: MysqlConnection, queue: string, now: number): Promise<RateWindow> {
  await connection.run('insert into workflow_rate (queue, window_at, taken) values (?, ?, 0) on duplicate key update queue = values(queue)', [queue, now]);
  const { rows } = await connection.run('select window_at, taken from workflow_rate where queue = ? for update', [queue]);
  return { from: Number(rows[0]!.window_at), taken: Number(rows[0]!.taken) };
}

async function claimReady(connection: MysqlConnection, tasks: readonly TaskAt[], { worker, now, workflows }: ClaimBy, limit: number): Promise<TaskAt[]> {
  if (limit === 0) return [];
  const { rows } = await connection.run(ready, [tasks.map(({ processId, key }) => [processId, key]), now]);
  if (rows.length === 0) return [];
  const known = isKnown(workflows);
  const running = await connection.run(`${open} and ${known.sql}`, [rows.map(({ process_id }) => process_id), ...known.values]);
  const processes = new Set(running.rows.map(({ id }) => id));
  const claims = new Map(rows.map(({ process_id, token_key, run, claim }) => [`${process_id} ${token_key} ${run}`, Number(claim)]));
  const free = tasks.filter(({ processId, key, run }) => processes.has(processId) && claims.has(`${processId} ${key} ${run}`)).slice(0, limit);
  if (free.length > 0) await connection.run(take, [worker, free.map(({ processId, key }) => [processId, key])]);
  return free.map((task) => ({ ...task, claim: claims.get(`${task.processId} ${task.key} ${task.run}`)! + 1 }));
}
