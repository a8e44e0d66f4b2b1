import type { Json } from '../values/json.js';
import type { UndoTries } from './events.js';
import type { PauseMarks } from './held-back.js';
import type { WaitKind } from './waits-for.js';
import { isBesideKey, isEventKey } from './token-key.js';

/** A token says where a process stands: in which node, and in which visit to it. `does` tells the kinds apart. */
export type Token = StepToken | ContainerToken | UndoToken | ReminderToken | EndToken | EventsToken;

interface TokenAt {
  readonly key: string;
  readonly node: string;
  /** The number of this visit: the step run. */
  readonly run: number;
  /** When the visit began, ms. */
  readonly since: number;
  /** Attempts so far, including the current or next one. */
  readonly attempt: number;
  /** Why the token has failed for good. */
  readonly fault?: string;
  /** Marks the copy, in the process row, of a token that waits for this in a row of its own. */
  readonly parked?: WaitKind;
  /** Beside that mark: the address at which it waits. */
  readonly address?: string;
}

/** Data that a token carries from node to node. */
export interface CarriedData {
  /** The item it is about, and its place in the list, inside an each. */
  readonly item?: Json;
  readonly index?: number;
  /** The version of the context that holds what the step before returned. */
  readonly previous?: number;
}

/** Fields of all tokens that have a body. */
interface WithBody extends PauseMarks {
  /** Attempts in which the worker died. */
  readonly crashes?: number;
  /** The attempt of a suspect of which the begin is recorded. */
  readonly announced?: number;
  /** Attempts in which the worker died while no other suspect ran beside the body. */
  readonly blamed?: number;
  /** The token came while the process stood still, so its body has not begun. */
  readonly idle?: true;
  /** The token ends where it is, because something is being undone. */
  readonly last?: true;
}

/** Runs the body of a step, or sends its request first. */
export interface StepToken extends TokenAt, CarriedData, WithBody {
  readonly does: 'run' | 'request';
  /** Attempts that do not count for the retry policy: a person forgave them, or the body ran again without having failed. */
  readonly forgiven?: number;
  /** Why the attempt before has failed. */
  readonly lastError?: string;
  /** Grows when a worker takes the task, and when the task goes back to its queue. */
  readonly claims?: number;
  /** When the visit must have ended, ms. */
  readonly deadline?: number;
  /** When the visit is complete, whatever its body said last, ms. */
  readonly completeBy?: number;
  /** The inbox message it waited for. */
  readonly message?: string;
  /** The correlation id of the response, if that is not ours. */
  readonly correlation?: string;
  /** The value that `again({ state })` left. */
  readonly state?: Json;
  /** Events count from this moment on, ms. */
  readonly from?: number;
  /** The key of its event comes from the context, so every version looks at it. */
  readonly keyed?: true;
  /** The token hears the event of a step outside of a visit: before it is reached, or after it is done. */
  readonly listens?: 'ahead' | 'after';
  /** Children it has started. */
  readonly children?: number;
  /** The token failed before its body could begin, so a new attempt enters the step from the start. */
  readonly outside?: true;
}

/** Holds the branches of a fork, an each or a stage together. */
export interface ContainerToken extends TokenAt, CarriedData {
  readonly does: 'branches';
  /** Branches that have not ended. */
  readonly open: number;
  /** Items that have not begun: the place of the next, and the number of all. */
  readonly todo?: ItemsToDo;
  readonly deadline?: number;
  /** The container could not be opened, so a new attempt enters it again. */
  readonly outside?: true;
}

export type ItemsToDo = readonly [next: number, size: number];

/** Undoes what has been done, one visit after the other, last first. */
export interface UndoToken extends TokenAt, WithBody {
  readonly does: 'undo';
  readonly undo: Undoing;
  /** Running bodies that must end first. */
  readonly open: number;
  /** The run of the visit that was undone last. */
  readonly undone?: number;
  /** What came of the attempts to undo the next visit. */
  readonly tried?: UndoTries;
  /** An event has said that the process goes on at this step. It does so once everything is undone. */
  readonly then?: string;
}

/** Runs the reminder of an overdue visit. */
export interface ReminderToken extends TokenAt, CarriedData, WithBody {
  readonly does: 'remind';
}

/** The flow has ended. The process still waits for its last events, losers and undos. */
export interface EndToken extends TokenAt {
  readonly does: 'over';
}

/** Stands for the accepted events that wait for their turn, each in a row of its own. */
export interface EventsToken extends TokenAt {
  readonly does: 'events';
  readonly todo: ItemsToDo;
}

/** A token whose body a worker runs. */
export type BodyToken = StepToken | UndoToken | ReminderToken;

/** The scope of an undo, and how it ends. */
export interface Undoing {
  /** The key of the stage to undo; null: everything. */
  readonly under: string | null;
  /** The run of that stage. Earlier visits under the same key are not undone. */
  readonly since?: number;
  /** Afterwards the process is cancelled for this reason, or goes on after the stage. */
  readonly ending: { readonly cancel: string | null } | 'skip';
}

/* --------------------------------------------------------------------- kinds ---- */

export function isStepToken(token: Token): token is StepToken {
  return token.does === 'run' || token.does === 'request';
}

export function isContainerToken(token: Token | undefined): token is ContainerToken {
  return token?.does === 'branches';
}

/** True for an accepted unsolicited event: it runs beside the flow. */
export function isEventToken({ key }: Pick<Token, 'key'>): boolean {
  return isEventKey(key);
}

/** True for an event, a listener, and for the timer, the reminder or the undo of a visit. */
export function isBeside({ key }: Pick<Token, 'key'>): boolean {
  return isBesideKey(key);
}

/** True if the token undoes everything. The process ends by itself after that. */
export function undoesAll(token: Token): boolean {
  return token.does === 'undo' && token.undo.under === null;
}

/** True for an undo that waits for the answer about the visit it undoes now, or has it. */
export function hasAsked({ tried }: Pick<UndoToken, 'tried'>): boolean {
  return tried?.home !== undefined || tried?.message !== undefined;
}

export function isCondition(token: Token): token is StepToken {
  return token.parked === 'condition';
}

export function hasFailed(token: Token): boolean {
  return token.fault !== undefined;
}

/** True for a token that came while the process stood still: its body has not begun. */
export function isIdle(token: Token): boolean {
  return 'idle' in token && token.idle === true;
}

/** True for a token whose body may run now, or runs. */
export function isActive(token: Token): token is BodyToken {
  return token.does !== 'branches' && token.does !== 'over' && token.does !== 'events' && token.fault === undefined && token.parked === undefined;
}

/* --------------------------------------------------------------------- changes ---- */

export const NOTHING_CARRIED: CarriedData = {};

export function carriedBy({ item, index, previous }: CarriedData): CarriedData {
  if (item === undefined && index === undefined) return previous === undefined ? NOTHING_CARRIED : { previous };
  return { ...(item !== undefined && { item }), ...(index !== undefined && { index }), ...(previous !== undefined && { previous }) };
}

/** The token without its `idle` mark: the process goes on, so its body may begin. */
export function activated(token: Token): Token {
  if (!('idle' in token) || token.idle === undefined) return token;
  const { idle: _idle, ...rest } = token;
  return rest;
}
