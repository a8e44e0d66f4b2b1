import type { StepToken, Token } from './token.js';
import type { TaskWait, WaitKind, WaitsFor } from './waits-for.js';

/** A parked token and what it waits for: a row of its own. */
export interface WaitState {
  readonly token: Token;
  readonly waitsFor: WaitsFor;
}

/** A step that waits, as most do. */
export interface StepWait extends WaitState {
  readonly token: StepToken;
}

export interface TaskWaitState extends WaitState {
  readonly token: StepToken;
  readonly waitsFor: TaskWait;
}

/** Kinds of waits that a message ends. */
export const ENDED_BY_MESSAGE: ReadonlySet<WaitKind> = new Set<WaitKind>(['response', 'event', 'input', 'child']);

export function isTaskWait(wait: WaitState | undefined): wait is TaskWaitState {
  return wait?.waitsFor.kind === 'task';
}

/** What a message finds the wait by. */
export function addressOf({ waitsFor }: WaitState): string | null {
  return 'address' in waitsFor ? waitsFor.address : null;
}

/** When time ends the wait, ms. */
export function dueAtOf({ waitsFor }: WaitState): number | null {
  return 'dueAt' in waitsFor ? waitsFor.dueAt : null;
}
