import type { Rate, TaskAt } from '../../port.js';
import { leftIn, type RateWindow, windowAt } from '../../rate-window.js';
import type { MysqlConnection } from './mysql-connection.js';

interface TaskClaimant {
  readonly worker: string;
  readonly now: number;
  readonly rate?: Rate;
}

const ready = `select w.process_id, w.token_key, w.run, w.claim from workflow_wait w
  where (w.process_id, w.token_key) in (?) and w.kind = 'task' and w.ready_at <= ? for update skip locked`;
const open = `select id from workflow_process where id in (?) and status in ('running', 'waiting')`;
const take = 'update workflow_wait set worker = ?, claim = claim + 1, ready_at = null where (process_id, token_key) in (?)';

export function claim(lane: MysqlConnection, tasks: readonly TaskAt[], by: TaskClaimant): Promise<TaskAt[]> {
  const { rate } = by;
  return lane.transaction(() => (rate ? claimAtRate(lane, tasks, { ...by, rate }) : claimUpTo(lane, tasks, by, tasks.length)));
}

/** One row per queue, locked while tasks are taken: all workers together stay within the rate, and only what was taken counts. */
async function claimAtRate(lane: MysqlConnection, tasks: readonly TaskAt[], by: TaskClaimant & { readonly rate: Rate }): Promise<TaskAt[]> {
  const { queue } = tasks[0]!;
  const window = windowAt(await lockedRow(lane, queue, by.now), by);
  const taken = await claimUpTo(lane, tasks, by, leftIn(window, by.rate));
  if (taken.length > 0) await lane.run('update workflow_rate set window_at = ?, taken = ? where queue = ?', [window.from, window.taken + taken.length, queue]);
  return taken;
}

async function lockedRow(lane: MysqlConnection, queue: string, now: number): Promise<RateWindow> {
  await lane.run('insert into workflow_rate (queue, window_at, taken) values (?, ?, 0) on duplicate key update queue = values(queue)', [queue, now]);
  const { rows } = await lane.run('select window_at, taken from workflow_rate where queue = ? for update', [queue]);
  return { from: Number(rows[0]!.window_at), taken: Number(rows[0]!.taken) };
}

async function claimUpTo(lane: MysqlConnection, tasks: readonly TaskAt[], { worker, now }: TaskClaimant, limit: number): Promise<TaskAt[]> {
  if (limit === 0) return [];
  const { rows } = await lane.run(ready, [tasks.map(({ processId, key }) => [processId, key]), now]);
  if (rows.length === 0) return [];
  const running = await lane.run(open, [rows.map(({ process_id }) => process_id)]);
  const processes = new Set(running.rows.map(({ id }) => id));
  const claims = new Map(rows.map(({ process_id, token_key, run, claim }) => [`${process_id} ${token_key} ${run}`, Number(claim)]));
  const free = tasks.filter(({ processId, key, run }) => processes.has(processId) && claims.has(`${processId} ${key} ${run}`)).slice(0, limit);
  if (free.length > 0) await lane.run(take, [worker, free.map(({ processId, key }) => [processId, key])]);
  return free.map((task) => ({ ...task, claim: claims.get(`${task.processId} ${task.key} ${task.run}`)! + 1 }));
}
