import type { ErrorClass } from '../batch.js';

const LOST_RACES = new Set(['40P01', '40001']);
const LOCK_TIMEOUT = '55P03';
/** Classes of errors about the written data: cardinality, data, integrity, limits. */
const ABOUT_DATA = /^(21|22|23|54)/;

/** Classifies an error of the server, of the driver or of TypeORM's pool. `processTable`: what the server calls the table of processes. */
export function classifyError(error: unknown, processTable: string): ErrorClass {
  if (isBroken(error)) return 'unavailable';
  const { code, table } = error as { code: string; table?: string };
  if (LOST_RACES.has(code)) return 'conflict';
  if (code === LOCK_TIMEOUT) return 'locked';
  if (code === '23505' && table === processTable) return 'exists';
  return ABOUT_DATA.test(code) ? 'data' : 'other';
}

/**
 * An SQLSTATE has five characters, and shows that the server has answered. Class 08 is a connection failure, 57P a server going
 * down or coming up, 53 a server short of connections, memory or disk, 25006 a primary that has become a replica. An error without
 * one comes from the driver.
 */
export function isBroken(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code === 'EPIPE') return true;
  return /^(08|53|57P)/.test(code) || code === '25006';
}

/** Whether a prepared statement can no longer be used: a migration has outdated its plan, or a pooler has changed the session. */
export function isStalePrepared(error: unknown): boolean {
  return isOutdatedPlan(error) || STALE_NAMES.has((error as { code?: string } | null)?.code ?? '');
}

export function isOutdatedPlan(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '0A000';
}

const STALE_NAMES = new Set(['26000', '42P05']);
