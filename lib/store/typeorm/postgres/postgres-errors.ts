import type { ErrorClass } from '../batch.js';
import { isBroken } from './postgres-connection.js';

const lostRaces = new Set(['40P01', '40001']);
const lockTimeout = '55P03';

/** Cardinality, data, integrity, limits: it is about what was written. Any other answer is about the server, or the schema. */
const aboutData = /^(21|22|23|54)/;

export function classifyError(error: unknown): ErrorClass {
  if (isBroken(error)) return 'unknown';
  const { code, table } = error as { code: string; table?: string };
  if (lostRaces.has(code)) return 'again';
  if (code === lockTimeout) return 'locked';
  if (code === '23505' && table === 'workflow_process') return 'exists';
  return aboutData.test(code) ? 'data' : 'unknown';
}
