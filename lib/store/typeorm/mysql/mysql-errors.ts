import type { ErrorClass } from '../batch.js';

interface ServerError {
  readonly errno?: number;
  readonly sqlMessage?: string;
  readonly sqlState?: string;
  readonly fatal?: boolean;
}

const DUPLICATE = 1062;
const DEADLOCK = 1213;
/** 1020: the row has changed since it was read (MariaDB, under `innodb_snapshot_isolation`). */
const RECORD_CHANGED = 1020;
const LOCK_TIMEOUTS = new Set([1205, 3572]);
/** Too many connections, shutdown, read-only, killed, gone, lost. */
const SERVER_AWAY = new Set([1040, 1053, 1077, 1079, 1080, 1152, 1184, 1203, 1290, 1792, 1836, 1927, 2002, 2003, 2006, 2013, 4031]);
/** Null, duplicate, packet, row, out of range, truncated, wrong date, wrong characters, too long. */
const ABOUT_DATA = new Set([1048, DUPLICATE, 1118, 1153, 1264, 1265, 1292, 1366, 1406]);

export function isKeyTakenError(error: unknown): boolean {
  const { errno, sqlMessage } = (error ?? {}) as ServerError;
  return errno === DUPLICATE && /PRIMARY|workflow_process_group|workflow_pause_place/.test(sqlMessage ?? '');
}

/** Classifies by number: SQLSTATE 23000 is more than a duplicate, and the names of MariaDB's errors are unreliable. */
export function classifyError(error: unknown): ErrorClass {
  if (isBroken(error)) return 'unavailable';
  const { errno = 0 } = (error ?? {}) as ServerError;
  if (errno === DEADLOCK || errno === RECORD_CHANGED) return 'conflict';
  if (LOCK_TIMEOUTS.has(errno)) return 'locked';
  if (isKeyTakenError(error)) return 'exists';
  return ABOUT_DATA.has(errno) ? 'data' : 'other';
}

/** Whether the server did not answer, or says that it is going away. An error of the server itself has a number and an SQLSTATE. */
export function isBroken(error: unknown): boolean {
  const { errno, sqlState, fatal } = (error ?? {}) as ServerError;
  return fatal === true || typeof errno !== 'number' || errno < 0 || sqlState === undefined || SERVER_AWAY.has(errno);
}
