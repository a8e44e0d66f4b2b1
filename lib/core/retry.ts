import type { Retry } from '../definition/graph.js';
import type { StepToken } from './token.js';

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
