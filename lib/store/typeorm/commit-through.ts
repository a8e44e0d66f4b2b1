import type { EntityManager } from 'typeorm';
import type { Change } from '../../core/change.js';
import type { Rejection } from '../port.js';
import { lostRace } from './batch.js';
import type { TableNames } from './table-names.js';
import { effectsOf, guardOf, type Statement, together, type Upserts } from './change-statements.js';

/** Writes a change in the caller's transaction, statement by statement. The guard comes first: if it fails, nothing is written. */
export async function commitThrough(
  manager: EntityManager,
  tables: TableNames,
  change: Change,
  upserts: Upserts,
  isTaken: (error: unknown) => boolean,
): Promise<Rejection | null> {
  try {
    if ((await affected(manager, tables, guardOf(change, upserts))) === 0) return lostRace(change);
  } catch (error) {
    if (isTaken((error as { driverError?: unknown }).driverError)) return { change, reason: 'exists', error };
    throw error;
  }
  for (const statement of effectsOf(change, upserts, together)) await affected(manager, tables, statement);
  return null;
}

async function affected(manager: EntityManager, tables: TableNames, { sql, values }: Statement): Promise<number> {
  const runner = manager.queryRunner;
  if (!runner) throw new Error('This needs the `manager` of an open transaction, as `dataSource.transaction(async (manager) => ...)` hands it out.');
  return (await runner.query(tables.in(sql), values, true)).affected ?? 0;
}
