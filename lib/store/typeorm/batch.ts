import { setTimeout as pause } from 'node:timers/promises';
import type { Change } from '../../core/change.js';
import type { Rejection } from '../port.js';

/**
 * What an error of the database says. `conflict`: a lost race or a deadlock; nothing was done. `locked`: an open transaction holds
 * one of the rows. `exists`: a key is taken. `data`: a value cannot be stored. `unavailable`: the connection broke or the server
 * is going away; it may have been done or not. `other`: a mistake, as a missing table.
 */
export type ErrorClass = 'conflict' | 'locked' | 'exists' | 'data' | 'unavailable' | 'other';

/** An error that says nothing of what was asked for, and that goes away by itself. */
export function isInfrastructure(errorClass: ErrorClass): boolean {
  return errorClass === 'conflict' || errorClass === 'locked' || errorClass === 'unavailable';
}

type CommitAttempt = (changes: readonly Change[]) => Promise<readonly Rejection[]>;
type Classify = (error: unknown) => ErrorClass;

const TRIES_IN_A_RACE = 4;

/** Commits a batch. If the database refuses it, halves it until only the culprit is left out. */
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

/** A row that stays locked is being changed by others, so what is known of it is old. Waiting longer would stop the others of the batch. */
function rejectionFor(change: Change, errorClass: ErrorClass, error: unknown): Rejection {
  const reason = errorClass === 'exists' ? 'exists' : errorClass === 'data' ? 'refused' : 'stale';
  return { change, reason, error };
}

/** Its guard did not let the change through. */
export function lostRace(change: Change): Rejection {
  return { change, reason: change.expected === null ? 'exists' : 'stale' };
}
