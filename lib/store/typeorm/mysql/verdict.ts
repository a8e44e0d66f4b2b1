import type { Verdict } from '../batch.js';

interface ServerError {
  readonly errno?: number;
  readonly sqlState?: string;
  readonly sqlMessage?: string;
}

const duplicate = 1062;
const lostRaces = new Set([1205, 1213, 3572]);
/** The server went away, or was told to. */
const goneAway = new Set([1053, 1040, 1129, 1130, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 2006, 2013]);

export function isTaken(error: unknown): boolean {
  const { errno, sqlMessage } = (error ?? {}) as ServerError;
  return errno === duplicate && /PRIMARY|workflow_process_group/.test(sqlMessage ?? '');
}

/** By number: SQLSTATE 23000 is more than a duplicate. Errors of the line have no SQLSTATE. */
export function judge(error: unknown): Verdict {
  const { errno, sqlState } = (error ?? {}) as ServerError;
  if (errno === undefined || sqlState === undefined || goneAway.has(errno)) return 'unknown';
  if (lostRaces.has(errno)) return 'again';
  return errno === duplicate ? 'exists' : 'data';
}
