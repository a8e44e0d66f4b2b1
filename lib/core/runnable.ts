import type { ProcessState } from './process.js';
import { type BodyToken, isActive, isEventToken, type Token } from './token.js';

/**
 * The bodies that a worker should start now: its process row says that they run here, and they do not. No list of started work is
 * kept, so a lost reply, a nudge by another worker and a restart of the runner are handled the same way.
 *
 * Running bodies end before anything is undone. An unsolicited event is handled alone, the oldest first, before the next step.
 */
export function runnable(process: ProcessState, worker: string, isRunning: (token: Token) => boolean, runningCount: number): readonly BodyToken[] {
  if (process.worker !== worker || process.status !== 'running') return NOTHING;
  if (process.tokens.length === 1) return runnableAlone(process.tokens[0]!, isRunning, runningCount);
  const active = process.tokens.filter(isActive);
  const event = active.find(isEventToken);
  const undoing = active.some((token) => token.does === 'undo' && token.undo.under !== null); // an event's `next` would end that halfway
  if (event && !undoing) return runningCount === 0 ? [event] : [];
  return active.filter((token) => !isRunning(token) && !(token.does === 'undo' && token.open > 0));
}

/** The common case: the process row has one token. */
function runnableAlone(token: Token, isRunning: (token: Token) => boolean, runningCount: number): readonly BodyToken[] {
  if (!isActive(token) || isRunning(token)) return NOTHING;
  if (isEventToken(token) ? runningCount > 0 : token.does === 'undo' && token.open > 0) return NOTHING;
  return [token];
}

const NOTHING: readonly BodyToken[] = [];

/** True if both tokens are the same attempt of the same visit at asking or running. */
export function isSameBody(a: Token, b: Token): boolean {
  return a.run === b.run && a.attempt === b.attempt && a.does === b.does && a.key === b.key;
}

/** The same identity as a string. */
export function visitKey({ key, run, attempt, does }: Token): string {
  return `${key}#${run}#${attempt}#${does}`;
}
