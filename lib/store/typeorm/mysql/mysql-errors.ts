import type { ErrorClass } from '../batch.js';

interface ServerError {
  readonly errno?: number;
  readonly sqlMessage?: string;
}

const duplicate = 1062;
const deadlock = 1213;
const lockTimeouts = new Set([1205, 3572]);
/** Null, duplicate, packet, row, out of range, truncated, wrong date, wrong characters, too long. */
const aboutData = new Set([1048, duplicate, 1118, 1153, 1264, 1265, 1292, 1366, 1406]);

export function isTaken(error: unknown): boolean {
  const { errno, sqlMessage } = (error ?? {}) as ServerError;
  return errno === duplicate && /PRIMARY|workflow_process_group/.test(sqlMessage ?? '');
}

/** By number: SQLSTATE 23000 is more than a duplicate. Any other answer is about the server, the line or the schema. */
export function classifyError(error: unknown): ErrorClass {
  const errno = ((error ?? {}) as ServerError).errno ?? 0;
  if (errno === deadlock) return 'again';
  if (lockTimeouts.has(errno)) return 'locked';
  if (isTaken(error)) return 'exists';
  return aboutData.has(errno) ? 'data' : 'unknown';
}
