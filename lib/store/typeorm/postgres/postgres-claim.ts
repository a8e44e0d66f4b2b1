import type { ClaimBy, Rate, TaskAt } from '../../port.js';
import { leftIn, type RateWindow, windowAt } from '../../rate-window.js';
import type { FoundRow } from '../states.js';
import type { PostgresConnection } from './postgres-connection.js';

const claimText = `
with wanted as materialized (select * from json_to_recordset($1::json) as t(position int, process_id text, token_key text, run int)),
picked as materialized (
  select w.process_id, w.token_key from wanted t
  join workflow_wait w on w.process_id = t.process_id and w.token_key = t.token_key
  join workflow_process p on p.id = w.process_id
  where w.kind = 'task' and w.run = t.run and w.ready_at <= $2 and p.status in ('running', 'waiting')
  and (p.workflow, p.workflow_version) in (select * from unnest($5::text[], $6::int[])) and p.id <> all($7::text[])
  order by t.position limit $4 for update of w skip locked
)
update workflow_wait w set worker = $3, claim = w.claim + 1, ready_at = null
from picked where w.process_id = picked.process_id and w.token_key = picked.token_key
returning w.process_id, w.token_key, w.claim`;

/** Claims tasks that are free and ready, and skips those that another worker is just claiming. */
export async function claim(connection: PostgresConnection, tasks: readonly TaskAt[], by: ClaimBy): Promise<TaskAt[]> {
  const { rate } = by;
  return rate ? connection.transaction(() => claimAtRate(connection, tasks, by, rate)) : claimUpTo(connection, tasks, by, tasks.length);
}

async function claimUpTo(connection: PostgresConnection, tasks: readonly TaskAt[], by: ClaimBy, limit: number): Promise<TaskAt[]> {
  const wanted = tasks.map(({ processId, key, run }, position) => ({ position, process_id: processId, token_key: key, run }));
  const rows = await connection.run(claimText, [JSON.stringify(wanted), by.now, by.worker, limit, ...listsOf(by.workflows)]);
  const claims = new Map(rows.map(({ process_id, token_key, claim: number }) => [`${process_id} ${token_key}`, Number(number)]));
  return tasks.flatMap((task) => {
    const number = claims.get(`${task.processId} ${task.key}`);
    return number === undefined ? [] : [{ ...task, claim: number }];
  });
}

/** Names and versions, in two lists of equal length, and the processes that are left out. */
function listsOf(workflows: ClaimBy['workflows']): [names: string[], versions: number[], except: string[]] {
  const pairs = workflows.flatMap(({ workflow, versions }) => versions.map((version) => [workflow, version] as const));
  return [pairs.map(([name]) => name), pairs.map(([, version]) => version), workflows.flatMap(({ except = [] }) => except)];
}

/** Locks the one row of the queue while tasks are claimed: all workers together stay within the rate, and only claimed tasks count. */
async function claimAtRate(connection: PostgresConnection, tasks: readonly TaskAt[], by: ClaimBy, rate: Rate): Promise<TaskAt[]> {
  const { queue } = tasks[0]!;
  const window = windowAt(await lockWindow(connection, queue, by.now), { now: by.now, rate });
  const left = leftIn(window, rate);
  const taken = left === 0 ? [] : await claimUpTo(connection, tasks, by, left);
  const values = [queue, window.from, window.taken + taken.length];
  if (taken.length > 0) await connection.run('update workflow_rate set window_at = $2, taken = $3 where queue = $1', values);
  return taken;
}

async function lockWindow(connection: PostgresConnection, queue: string, now: number): Promise<RateWindow> {
  await connection.run('insert into workflow_rate (queue, window_at, taken) values ($1, $2, 0) on conflict do nothing', [queue, now]);
  const [row] = (await connection.run('select window_at, taken from workflow_rate where queue = $1 for update', [queue])) as [FoundRow];
  return { from: Number(row.window_at), taken: Number(row.taken) };
}
