import type { ErrorClass } from '../batch.js';

/** Codes about the data that were to be written, and those of a file that is not there, or takes nothing, for a while. */
const ABOUT_DATA = /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/;
const FILE_AWAY = /^SQLITE_(IOERR|FULL|CANTOPEN|INTERRUPT|READONLY)/;

interface SqliteError {
  readonly code?: unknown;
  readonly message?: unknown;
}

/** An error without a code of SQLite comes from a connection that was closed. Other errors are mistakes. */
export function classifyError(error: unknown): ErrorClass {
  if (isKeyTaken(error)) return 'exists';
  if (isLocked(error)) return 'unavailable';
  const { code } = codeAndWordsOf(error);
  if (!code.startsWith('SQLITE_') || FILE_AWAY.test(code)) return 'unavailable';
  return ABOUT_DATA.test(code) ? 'data' : 'other';
}

export function isLocked(error: unknown): boolean {
  const { code, message } = codeAndWordsOf(error);
  return code.startsWith('SQLITE_BUSY') || message.includes('database is locked');
}

export function isKeyTaken(error: unknown): boolean {
  const { code, message } = codeAndWordsOf(error);
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY' || message.includes('UNIQUE constraint');
}

/** Anything may have been thrown. */
function codeAndWordsOf(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = (error ?? {}) as SqliteError;
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}
