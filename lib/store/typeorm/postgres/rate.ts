import type { DataSource, EntityManager } from 'typeorm';
import type { Rate, TaskAt } from '../../port.js';
import { leftIn, type RateWindow, windowAt } from '../../rate-window.js';
import type { FoundRow } from '../states.js';
import { claimStatement, claimValues, taken } from './postgres-claim.js';

interface RatedClaimant {
  readonly worker: string;
  readonly now: number;
  readonly rate: Rate;
}

/** One row per queue, locked while tasks are taken: all workers together stay within the rate, and only what was taken counts. */
export function claimAtRate(dataSource: DataSource, tasks: readonly TaskAt[], by: RatedClaimant): Promise<readonly TaskAt[]> {
  const { queue } = tasks[0]!;
  return dataSource.transaction(async (manager) => {
    const window = windowAt(await lockedRow(manager, queue, by.now), by);
    const left = leftIn(window, by.rate);
    if (left === 0) return [];
    const rows = (await manager.queryRunner!.query(claimStatement.text, claimValues(tasks, by, left), true)).records as FoundRow[];
    await book(manager, queue, { ...window, taken: window.taken + rows.length });
    return taken(tasks, rows);
  });
}

async function lockedRow(manager: EntityManager, queue: string, now: number): Promise<RateWindow> {
  await manager.query('insert into workflow_rate (queue, window_at, taken) values ($1, $2, 0) on conflict do nothing', [queue, now]);
  const [row] = (await manager.query('select window_at, taken from workflow_rate where queue = $1 for update', [queue])) as [FoundRow];
  return { from: Number(row.window_at), taken: Number(row.taken) };
}

async function book(manager: EntityManager, queue: string, { from, taken }: RateWindow): Promise<void> {
  await manager.query('update workflow_rate set window_at = $2, taken = $3 where queue = $1', [queue, from, taken]);
}
