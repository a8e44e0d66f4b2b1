import { setTimeout as pause } from 'node:timers/promises';
import type { Change } from '../../core/change.js';
import type { Rejection } from '../port.js';

/**
 * The meaning of a database error. `conflict`: a lost race or a deadlock; nothing was done. `locked`: an open transaction holds
 * one of the rows. `exists`: a key is taken. `data`: a value cannot be stored. `unavailable`: the connection broke or the server
 * is going away; the statement may have been done or not. `other`: a mistake, such as a missing table.
 */
export type ErrorClass = 'conflict' | 'locked' | 'exists' | 'data' | 'unavailable' | 'other';

/** Whether an error is not about the request, and goes away by itself. */
export function isInfrastructure(errorClass: ErrorClass): boolean {
  return errorClass === 'conflict' || errorClass === 'locked' || errorClass === 'unavailable';
}

type CommitAttempt = (changes: readonly Change[]) => Promise<readonly Rejection[]>;
type Classify = (error: unknown) => ErrorClass;

const TRIES_IN_A_RACE = 4;

/** Commits a batch. If the database refuses it, halves it until only the faulty change is left out. */
export async function commitBatch(changes: readonly Change[], attempt: CommitAttempt, classify: Classify, tries = 1): Promise<readonly Rejection[]> {
  try {
    return await attempt(changes);
  } catch (error) {
    const errorClass = classify(error);
    if (errorClass === 'unavailable' || errorClass === 'other') throw error;
    if (errorClass === 'conflict' && tries < TRIES_IN_A_RACE) {
      await pause(Math.random() * 10 * tries);
      return commitBatch(changes, attempt, classify, tries + 1);
    }
    return changes.length === 1 ? [rejectionFor(changes[0]!, errorClass, error)] : commitHalves(changes, attempt, classify);
  }
}

async function commitHalves(changes: readonly Change[], attempt: CommitAttempt, classify: Classify): Promise<readonly Rejection[]> {
  const middle = changes.length >> 1;
  const first = await commitBatch(changes.slice(0, middle), attempt, classify);
  return [...first, ...(await commitBatch(changes.slice(middle), attempt, classify))];
}

/** A row that stays locked is being changed by another writer, so the change is stale. Waiting longer would delay the rest of the batch. */
function rejectionFor(change: Change, errorClass: ErrorClass, error: unknown): Rejection {
  const reason = errorClass === 'exists' ? 'exists' : errorClass === 'data' ? 'refused' : 'stale';
  return { change, reason, error };
}

/** The rejection of a change whose guard did not hold. */
export function lostRace(change: Change): Rejection {
  return { change, reason: change.expected === null ? 'exists' : 'stale' };
}
