import { FINISHED_STATUSES, isFinished, isUnclaimed, type ProcessState, type ProcessStatus } from '../core/process.js';
import { hasFailed, isStepToken, type Token } from '../core/token.js';
import { isTaskWait, type WaitState } from '../core/wait.js';

/**
 * How it goes with a process, in one word. `progressing`: something runs. `waiting`: as planned. `retrying`: an attempt has failed, and there
 * will be another. `overdue`: a step takes longer than it says. `stuck`: no instance takes it up. The others are decisions, or the end.
 */
export type Progress = 'progressing' | 'waiting' | 'retrying' | 'overdue' | 'stuck' | 'paused' | Exclude<ProcessStatus, 'running' | 'waiting'>;

export const PROGRESSES: readonly Progress[] = [
  ...(['progressing', 'waiting', 'retrying', 'overdue', 'stuck', 'paused', 'suspended', 'failed'] as const),
  ...FINISHED_STATUSES,
];

/** What the word is made of. */
export interface ProgressFacts {
  readonly process: ProcessState;
  readonly waits: readonly WaitState[];
  /** False: this application does not know its version of the workflow, and leaves it alone. */
  readonly isKnown: boolean;
  /** Its workflow, its step or its queue is paused. */
  readonly isPaused?: boolean;
  readonly now: number;
}

/** Something that can run is taken up within a sweep. After so long there is no instance for it, or none has room. */
const UNTAKEN_MS = 60_000;

export function progressOf({ process, waits, isKnown, isPaused = false, now }: ProgressFacts): Progress {
  const { status, tokens, worker, updatedAt } = process;
  if (isFinished(status) || status === 'failed' || status === 'suspended') return status;
  if (!isKnown) return 'stuck';
  if (waits.some(({ waitsFor }) => waitsFor.kind === 'overdue')) return 'overdue';
  if (isPaused) return 'paused';
  if ([...tokens, ...waits.map(({ token }) => token)].some(triesAgain)) return 'retrying';
  if (status === 'running') return isUnclaimed(worker) && now - updatedAt > UNTAKEN_MS ? 'stuck' : 'progressing';
  return waits.some((wait) => isTaskWait(wait) && wait.waitsFor.worker !== null) ? 'progressing' : 'waiting';
}

function triesAgain(token: Token): boolean {
  if (hasFailed(token)) return false;
  return isStepToken(token) ? token.lastError !== undefined : token.does === 'undo' && (token.tried?.failed ?? 0) > 0;
}
