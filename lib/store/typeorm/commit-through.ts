import type { Change } from '../../core/change.js';
import type { Rejection } from '../port.js';
import { lostRace } from './batch.js';
import { effectsOf, guardOf, type Statement, together, type Upserts } from './change-statements.js';

/** Runs a statement in the caller's transaction, and says how many rows it wrote. */
type RunWithin = (statement: Statement) => Promise<number>;

/** Writes a change in the caller's transaction, statement by statement. The guard comes first: if it fails, nothing is written. */
export async function commitThrough(run: RunWithin, change: Change, upserts: Upserts, isTaken: (error: unknown) => boolean): Promise<Rejection | null> {
  try {
    if ((await run(guardOf(change))) === 0) return lostRace(change);
  } catch (error) {
    if (isTaken((error as { driverError?: unknown }).driverError)) return { change, reason: 'exists', error };
    throw error;
  }
  for (const statement of effectsOf(change, upserts, together)) await run(statement);
  return null;
}
