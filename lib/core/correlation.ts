import { signatureOf } from '../values/secret.js';
import type { ProcessState } from './process.js';
import type { StepToken } from './token.js';

/** The same for every attempt of a visit: the idempotency key, and the part of a correlation id that can be known. */
export function stepRunId(processId: string, run: number): string {
  return `${processId}.${run}`;
}

/** The id under which the answer to the request of a compensation is awaited: for each visit that an undo undoes its own. */
export function undoCorrelationOf(
  { id, secret }: Pick<ProcessState, 'id' | 'secret'>,
  undo: number,
  { run, correlation }: Pick<StepToken, 'run' | 'correlation'>,
): string {
  return correlation ?? signed(secret, `${stepRunId(id, run)}.u${undo}`);
}

/** The id under which the answer is awaited. If it is ours, only who was told it, or reads the process row, can know it. */
export function correlationOf({ id, secret }: Pick<ProcessState, 'id' | 'secret'>, token: Pick<StepToken, 'run' | 'correlation'>): string {
  return token.correlation ?? signed(secret, stepRunId(id, token.run));
}

function signed(secret: ProcessState['secret'], id: string): string {
  return secret === null ? id : `${id}.${signatureOf(secret, id)}`;
}
