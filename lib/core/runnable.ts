import { isActive, isEventToken, type ProcessState, type Token } from './process.js';

/**
 * The bodies a worker should start now: what the row says it runs, and it does not run. There is no list of started work, so
 * a lost reply, a nudge by another worker and a restart of the runner are one case.
 *
 * What is under way ends before anything is undone. Events nobody asked for are handled alone, oldest first, before the next step: while one waits, nothing else starts.
 */
export function runnable(process: ProcessState, worker: string, isRunning: (token: Token) => boolean, runningCount: number): readonly Token[] {
  if (process.worker !== worker || process.status !== 'running') return [];
  const active = process.tokens.filter(isActive);
  const mail = active.find(isEventToken);
  const undoing = active.some(({ undo }) => undo && undo.under !== null); // a turn would cut that off
  if (mail && !undoing) return runningCount === 0 ? [mail] : [];
  return active.filter((token) => !isRunning(token) && !(token.does === 'undo' && token.open! > 0));
}

/** One body: a visit's try at asking or running. */
export function visitKey({ key, run, attempt, does }: Token): string {
  return `${key}#${run}#${attempt}#${does}`;
}
