import { isEventToken, type StepToken, type Token } from './token.js';
import type { TaskWait, WaitKind, WaitsFor } from './waits-for.js';

/** A parked token and what it waits for, as one row. */
export interface WaitState {
  readonly token: Token;
  readonly waitsFor: WaitsFor;
}

/** The wait of a step: the common case. */
export interface StepWait extends WaitState {
  readonly token: StepToken;
}

export interface TaskWaitState extends WaitState {
  readonly token: StepToken;
  readonly waitsFor: TaskWait;
}

/** Kinds of waits that a message ends. */
export const ENDED_BY_MESSAGE: ReadonlySet<WaitKind> = new Set<WaitKind>(['response', 'event', 'input', 'child']);

/** True if the process row keeps a copy: of conditions, which every version checks, and of events that wait for another attempt. */
export function standsInBoth(token: Token, { kind }: WaitsFor): boolean {
  return kind === 'condition' || (kind !== 'turn' && isEventToken(token));
}

export function isTaskWait(wait: WaitState | undefined): wait is TaskWaitState {
  return wait?.waitsFor.kind === 'task';
}

/** The address by which a message finds the wait. */
export function addressOf({ waitsFor }: WaitState): string | null {
  return 'address' in waitsFor ? waitsFor.address : null;
}

/** When the wait becomes due, ms. */
export function dueAtOf({ waitsFor }: WaitState): number | null {
  return 'dueAt' in waitsFor ? waitsFor.dueAt : null;
}
