import type { Verdict } from '../batch.js';
import { isBroken } from './lane.js';

const lostRaces = new Set(['40P01', '40001', '55P03']);

export function judge(error: unknown): Verdict {
  if (isBroken(error)) return 'unknown';
  const { code, table } = error as { code: string; table?: string };
  if (lostRaces.has(code)) return 'again';
  return code === '23505' && table === 'workflow_process' ? 'exists' : 'data';
}
