/** What a probe asks of this instance: its database, the tables, its task queue, its sweep. Processes do not matter: a restart helps none of them. */
import { StoreUnavailableError } from '../values/errors.js';
import { inTime } from '../values/in-time.js';
import { reasonOf } from '../values/reason.js';
import type { EngineParts } from './engine.js';

/** `database`: it answers. `schema`: the tables have what the engine uses. `queue`: the broker of the task queue answers. `sweep`: the last one is not old. */
export type HealthPart = 'database' | 'schema' | 'queue' | 'sweep';

/** How long a probe waits, and how old the last sweep may be. */
export interface HealthLimits {
  readonly timeoutMs: number;
  /** Null: five minutes, or three intervals if they are longer. */
  readonly maxSweepAgeMs: number | null;
}

/** What a probe has found. */
export interface Health {
  /** In a sentence, by part. A part that is not here is well. */
  readonly problems: Readonly<Partial<Record<HealthPart, string>>>;
  /** How long ago the last sweep ended, ms. Null: this instance does not sweep. */
  readonly sweepAgeMs: number | null;
}

const LEAST_SWEEP_AGE_MS = 5 * 60_000;
/** So many intervals may pass before a sweep is old. */
const OLD_SWEEPS = 3;

/** Never rejects, and never takes longer than the limit. One statement that reads no row, and a ping. */
export async function healthOf(parts: EngineParts, limits: HealthLimits): Promise<Health> {
  const [ofStore, queue] = await Promise.all([storeProblem(parts, limits.timeoutMs), queueProblem(parts, limits.timeoutMs)]);
  const sweepAgeMs = parts.sweeper.age.ms;
  const sweep = sweepProblem(sweepAgeMs, limits.maxSweepAgeMs ?? Math.max(LEAST_SWEEP_AGE_MS, parts.settings.sweepMs * OLD_SWEEPS));
  return { problems: { ...ofStore, ...(queue !== null && { queue }), ...(sweep !== null && { sweep }) }, sweepAgeMs };
}

/** A database that does not answer says nothing of its tables. */
async function storeProblem({ store }: EngineParts, timeoutMs: number): Promise<Health['problems']> {
  try {
    return (await inTime(store.queries.checkTables(), timeoutMs)) ? {} : { database: `the database has not answered in ${timeoutMs} ms` };
  } catch (error) {
    if (error instanceof StoreUnavailableError) return { database: `the database does not answer: ${reasonOf(error)}` };
    return { schema: `the tables are not as this version needs them: ${reasonOf(error)}. Run the migrations (workflowMigrations)` };
  }
}

async function queueProblem({ queue }: EngineParts, timeoutMs: number): Promise<string | null> {
  try {
    return (await inTime(queue.ping(), timeoutMs)) ? null : `the task queue has not answered in ${timeoutMs} ms`;
  } catch (error) {
    return `the task queue does not answer: ${reasonOf(error)}. Tasks are run from the database meanwhile`;
  }
}

function sweepProblem(ageMs: number | null, mostMs: number): string | null {
  return ageMs === null || ageMs <= mostMs ? null : `the last sweep ended ${Math.round(ageMs / 1000)} s ago: this instance does not look for work`;
}
