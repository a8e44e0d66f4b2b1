import type { Json } from '../values/json.js';
import type { WaitKind } from './waits-for.js';
import { isBesideKey, isEventKey } from './token-key.js';

/** A token says where a process stands: in which node, and in which visit to it. `does` tells the kinds apart. */
export type Token = StepToken | ContainerToken | UndoToken | ReminderToken | EndToken;

interface TokenAt {
  readonly key: string;
  readonly node: string;
  /** The number of this visit: the step run. */
  readonly run: number;
  /** When the visit began, ms. */
  readonly since: number;
  /** Tries so far, the one under way or due included. */
  readonly attempt: number;
  /** Why it has failed for good. */
  readonly fault?: string;
  /** It waits in a row of its own for this; the process row has a copy, as each version of the context looks at it. */
  readonly parked?: WaitKind;
}

/** What a token takes along from node to node. */
export interface CarriedData {
  /** The item it is about, and its place in the list, inside an each. */
  readonly item?: Json;
  readonly index?: number;
  /** The version of the context that holds what the step before returned. */
  readonly previous?: number;
}

/** What bodies have in common. */
interface WithBody {
  /** Tries in which their worker died. */
  readonly crashes?: number;
  /** The attempt that runs with no other suspect beside it. */
  readonly alone?: number;
  /** Tries in which their worker died while they ran so. */
  readonly blamed?: number;
  /** It arrived while the process stood still, so its body has not begun. */
  readonly idle?: true;
  /** It ends where it is: something is being undone, or its fork has gone on without it. */
  readonly last?: true;
}

/** Runs the body of a step, or asks first. */
export interface StepToken extends TokenAt, CarriedData, WithBody {
  readonly does: 'run' | 'request';
  /** Tries that a person has forgiven by `retry()`, and bodies that ran again without having failed. */
  readonly forgiven?: number;
  /** How often a worker took it from its task queue. */
  readonly claims?: number;
  /** When the visit must have ended, ms. */
  readonly deadline?: number;
  /** The inbox message it waited for. */
  readonly message?: string;
  /** The id an answer comes under, where that is not ours. */
  readonly correlation?: string;
  /** What `again({ state })` left. */
  readonly state?: Json;
  /** Events count from this moment on, ms. */
  readonly from?: number;
  /** Children it has started. */
  readonly children?: number;
  /** It failed before it had met all that its step waits for, so a new attempt meets that from the start. */
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
  /** It could not be opened, so a new attempt enters it again. */
  readonly outside?: true;
}

export type ItemsToDo = readonly [next: number, size: number];

/** Undoes what has been done, one visit after the other, last first. */
export interface UndoToken extends TokenAt, WithBody {
  readonly does: 'undo';
  readonly undo: Undoing;
  /** Bodies under way that end first. */
  readonly open: number;
  /** The run of the visit it has undone last. */
  readonly undone?: number;
}

/** Tells somebody that a visit is overdue. */
export interface ReminderToken extends TokenAt, CarriedData, WithBody {
  readonly does: 'remind';
}

/** Nothing is left of the flow; the process waits for its last unsolicited events. */
export interface EndToken extends TokenAt {
  readonly does: 'over';
}

/** A token whose body a worker runs. */
export type BodyToken = StepToken | UndoToken | ReminderToken;

/** What is to be undone, and what follows. */
export interface Undoing {
  /** The key of the stage it is about; null: everything. */
  readonly under: string | null;
  /** The run of that stage: what stood at its key before it is not in it. */
  readonly since?: number;
  /** How it ends: the process is cancelled for this reason, or goes on after the stage. */
  readonly ending: { readonly cancel: string | null } | 'skip';
}

/* --------------------------------------------------------------------- kinds ---- */

export function isStepToken(token: Token): token is StepToken {
  return token.does === 'run' || token.does === 'request';
}

export function isContainerToken(token: Token | undefined): token is ContainerToken {
  return token?.does === 'branches';
}

/** An accepted event that nobody asked for: it stands beside the flow. */
export function isEventToken({ key }: Pick<Token, 'key'>): boolean {
  return isEventKey(key);
}

/** An event, or what watches over a visit or undoes it. */
export function isBeside({ key }: Pick<Token, 'key'>): boolean {
  return isBesideKey(key);
}

/** All that was done is undone: the process ends by itself after that. */
export function undoesAll(token: Token): boolean {
  return token.does === 'undo' && token.undo.under === null;
}

export function isCondition(token: Token): token is StepToken {
  return token.parked === 'condition';
}

export function hasFailed(token: Token): boolean {
  return token.fault !== undefined;
}

/** Its body has not begun: it came while the process stood still. */
export function isIdle(token: Token): boolean {
  return 'idle' in token && token.idle === true;
}

/** Its body may run now, or is running. */
export function isActive(token: Token): token is BodyToken {
  return token.does !== 'branches' && token.does !== 'over' && token.fault === undefined && token.parked === undefined;
}

/* --------------------------------------------------------------------- changes ---- */

export const NOTHING_CARRIED: CarriedData = {};

export function carriedBy({ item, index, previous }: CarriedData): CarriedData {
  if (item === undefined && index === undefined) return previous === undefined ? NOTHING_CARRIED : { previous };
  return { ...(item !== undefined && { item }), ...(index !== undefined && { index }), ...(previous !== undefined && { previous }) };
}

/** A token that is no longer parked. */
export function unparked<T extends Token>(token: T): T {
  if (token.parked === undefined) return token;
  const { parked: _parked, ...rest } = token;
  return rest as T;
}

/** The process goes on, so its body may begin. */
export function activated(token: Token): Token {
  if (!('idle' in token) || token.idle === undefined) return token;
  const { idle: _idle, ...rest } = token;
  return rest;
}

/** Stable for every attempt of a visit: the id an answer comes under, and the key an effect is de-duplicated by. */
export function stepRunId(processId: string, run: number): string {
  return `${processId}.${run}`;
}

export function correlationOf(processId: string, token: Pick<StepToken, 'run' | 'correlation'>): string {
  return token.correlation ?? stepRunId(processId, token.run);
}
