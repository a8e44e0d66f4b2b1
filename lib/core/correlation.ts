import { signatureOf } from '../values/secret.js';
import type { ProcessState } from './process.js';
import type { StepToken } from './token.js';

/** The same for every attempt of a visit: the idempotency key, and the part of a correlation id that can be known. */
export function stepRunId(processId: string, run: number): string {
  return `${processId}.${run}`;
}

/** The id under which the answer is awaited. If it is ours, only who was told it, or reads the process row, can know it. */
export function correlationOf({ id, secret }: Pick<ProcessState, 'id' | 'secret'>, token: Pick<StepToken, 'run' | 'correlation'>): string {
  if (token.correlation !== undefined) return token.correlation;
  const visit = stepRunId(id, token.run);
  return secret === null ? visit : `${visit}.${signatureOf(secret, visit)}`;
}
