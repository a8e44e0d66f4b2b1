import type { ProcessState } from './process.js';
import { type BodyToken, isActive, isEventToken, type Token } from './token.js';

/**
 * The bodies that a worker should start now: its process row says that they run here, and they do not. No list of started work is
 * kept, so a lost reply, a nudge by another worker and a restart of the runner are handled the same way.
 *
 * Running bodies end before anything is undone. Unsolicited events are handled beside the flow, one after the other: the oldest first.
 */
export function runnable(process: ProcessState, worker: string, isRunning: (token: Token) => boolean): readonly BodyToken[] {
  if (process.worker !== worker || process.status !== 'running') return NOTHING;
  if (process.tokens.length === 1) return runnableAlone(process.tokens[0]!, isRunning);
  return itsTurn(process.tokens).filter((token) => !isRunning(token));
}

/** The common case: the process row has one token. */
function runnableAlone(token: Token, isRunning: (token: Token) => boolean): readonly BodyToken[] {
  return isActive(token) && !isRunning(token) && !waitsForBodies(token) ? [token] : NOTHING;
}

/** The active tokens that wait for no other body of their process. */
export function itsTurn(tokens: readonly Token[]): readonly BodyToken[] {
  const active = tokens.filter(isActive);
  const event = oldestEvent(active);
  return active.filter((token) => (isEventToken(token) ? token === event : !waitsForBodies(token)));
}

/** The oldest event that is not handled yet, if this worker may handle it. */
export function nextEvent(process: ProcessState, worker: string, isRunning: (token: Token) => boolean): BodyToken | undefined {
  if (process.worker !== worker || process.status !== 'running') return undefined;
  return oldestEvent(process.tokens.filter(isActive).filter((token) => !isRunning(token)));
}

function oldestEvent(active: readonly BodyToken[]): BodyToken | undefined {
  let oldest: BodyToken | undefined;
  for (const token of active) if (isEventToken(token) && (oldest === undefined || token.run < oldest.run)) oldest = token;
  return oldest;
}

function waitsForBodies(token: BodyToken): boolean {
  return token.does === 'undo' && token.open > 0;
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
