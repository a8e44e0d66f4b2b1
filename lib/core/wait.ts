import { mayOutlive } from './token-key.js';
import { isEventToken, type StepToken, type Token, type UndoToken } from './token.js';
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

/** The wait of a compensation for the answer to its request. */
export interface UndoWait extends WaitState {
  readonly token: UndoToken;
}

/** A wait that a message ends. */
export type MessageWait = StepWait | UndoWait;

export interface TaskWaitState extends WaitState {
  readonly token: StepToken;
  readonly waitsFor: TaskWait;
}

/** Kinds of waits that a message ends. */
export const ENDED_BY_MESSAGE: ReadonlySet<WaitKind> = new Set<WaitKind>(['response', 'event', 'input', 'child', 'listener']);

/**
 * True if the process row keeps a copy: of what every version looks at, of events and undos that wait for another attempt, and of tasks that may
 * lose their race and are finished before the process ends.
 */
export function standsInBoth(token: Token, { kind }: WaitsFor): boolean {
  if (kind === 'event') return 'keyed' in token;
  if (token.does === 'undo' || ((kind === 'task' || kind === 'pause') && mayOutlive(token.key))) return true;
  return kind === 'condition' || kind === 'listener' || (kind !== 'turn' && isEventToken(token));
}

/** The token without the marks of its copy in the process row. */
export function unparked<T extends Token>(token: T): T {
  if (token.parked === undefined) return token;
  const { parked: _parked, address: _address, ...rest } = token;
  return rest as T;
}

/** The copy of a parked token in the process row. */
export function copyOf(token: Token, waitsFor: WaitsFor): Token {
  const { kind } = waitsFor;
  return { ...token, parked: kind, ...((kind === 'event' || kind === 'listener') && { address: waitsFor.address }) };
}

export function isUndoWait(wait: WaitState): wait is UndoWait {
  return wait.token.does === 'undo';
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
