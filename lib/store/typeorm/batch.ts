import { setTimeout as pause } from 'node:timers/promises';
import type { Change } from '../../core/change.js';
import type { Rejection } from '../port.js';

/**
 * What an error of the database says about a batch. `again`: it lost a race, and nothing was done. `locked`: somebody's open
 * transaction holds one of its rows. `exists`: a key is taken. `data`: something in it cannot be stored. `unknown`: the
 * connection broke; it may have been done or not.
 */
export type ErrorClass = 'again' | 'locked' | 'exists' | 'data' | 'unknown';

type Attempt = (changes: readonly Change[]) => Promise<readonly Rejection[]>;

const triesInARace = 4;

/** Commits a batch, and if the database refuses it, halves it until only the culprit is left out. */
export async function settle(
  changes: readonly Change[],
  attempt: Attempt,
  classifyError: (error: unknown) => ErrorClass,
  tries = 1,
): Promise<readonly Rejection[]> {
  try {
    return await attempt(changes);
  } catch (error) {
    const verdict = classifyError(error);
    if (verdict === 'unknown') throw error;
    if (verdict === 'again' && tries < triesInARace) {
      await pause(Math.random() * 10 * tries);
      return settle(changes, attempt, classifyError, tries + 1);
    }
    return changes.length === 1 ? [refusal(changes[0]!, verdict, error)] : halves(changes, attempt, classifyError);
  }
}

async function halves(changes: readonly Change[], attempt: Attempt, classifyError: (error: unknown) => ErrorClass): Promise<readonly Rejection[]> {
  const middle = changes.length >> 1;
  const first = await settle(changes.slice(0, middle), attempt, classifyError);
  return [...first, ...(await settle(changes.slice(middle), attempt, classifyError))];
}

/** Locked for longer than we wait: somebody is changing it, so what we know of it is old. Trying again would stop the others of its batch. */
function refusal(change: Change, verdict: ErrorClass, error: unknown): Rejection {
  const reason = verdict === 'exists' ? 'exists' : verdict === 'again' || verdict === 'locked' ? 'stale' : 'refused';
  return { change, reason, error };
}

/** Why its guard did not let a change through. */
export function beaten(change: Change): Rejection {
  return { change, reason: change.expected === null ? 'exists' : 'stale' };
}
