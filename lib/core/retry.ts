import type { Retry, WorkflowDefinition } from '../definition/graph.js';
import type { UndoTries } from './events.js';
import type { StepToken } from './token.js';

/** After a second, then twice as long each time up to an hour: a day in all. A service that undoes is mostly away for minutes, and a person is slower. */
const PATIENT: Retry = { attempts: 36, delayMs: 1000, backoff: 'exponential', maxDelayMs: 60 * 60 * 1000, jitter: false };

/**
 * How long to wait before the next attempt, ms; null when none is left. Crashes of the worker and forgiven attempts
 * do not count.
 */
export function retryDelay(policy: Retry, token: StepToken, random: number): number | null {
  return retryPause(policy, token.attempt - (token.forgiven ?? 0) - (token.crashes ?? 0), random);
}

/** How long to wait after this many attempts have failed, ms; null when none is left. */
export function retryPause(policy: Retry, tries: number, random: number): number | null {
  if (tries >= policy.attempts) return null;
  const factor = policy.backoff === 'exponential' ? 2 ** Math.min(tries - 1, 40) : 1;
  const delay = Math.min(policy.delayMs * factor, policy.maxDelayMs);
  return Math.round(policy.jitter ? delay * (0.5 + random / 2) : delay);
}

/** How long to wait before the next attempt to undo a visit, ms; null when none is left. */
export function undoDelay({ nodes }: WorkflowDefinition, { step, failed }: UndoTries, random: number): number | null {
  const node = nodes.get(step);
  return retryPause((node?.kind === 'step' && node.undo?.retry) || PATIENT, failed, random);
}
