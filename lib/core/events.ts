import type { Json, JsonObject } from '../values/json.js';
import type { MessageState } from './change.js';
import type { ItemPosition } from './facts.js';
import type { OutgoingMessage, Sending } from './outgoing.js';

/** New values by top-level key, as stored, and the keys that go. */
export interface ContextPatch {
  readonly set: JsonObject;
  readonly remove: readonly string[];
}

/** How long `again()` without `after` waits, so that it makes no busy loop. */
export const AGAIN_MS = 1000;

export const NO_CHANGE: ContextPatch = { set: {}, remove: [] };

/* --------------------------------------------------------------------- outcomes ---- */

/** Identifies one visit. An event for another visit no longer applies. */
interface VisitEvent {
  readonly key: string;
  readonly run: number;
}

/** A note that a body made. */
export type Note = { readonly text: string; readonly at: number };

/**
 * The outcome of a body. `Patch`: a patch as stored; before the decision, the patch as the body returned it, which may hold
 * functions of the latest values.
 */
export type StepOutcome<Patch = ContextPatch> =
  | {
      readonly type: 'step-succeeded';
      readonly patch: Patch;
      readonly branch?: string | undefined;
      /** The value that the step returned, if that is not its patch. */
      readonly result?: Json | undefined;
      /** Keys it set that other writers had changed since its body began. */
      readonly overwrote?: readonly string[] | undefined;
    }
  /** The request was sent. */
  | { readonly type: 'response-requested'; readonly correlation?: string }
  /** The starting values of a child, as the class of the child stores them. */
  | { readonly type: 'child-requested'; readonly values: JsonObject }
  | { readonly type: 'step-deferred'; readonly afterMs?: number; readonly state?: Json; readonly patch?: Patch }
  | { readonly type: 'step-paused'; readonly reason: string }
  | { readonly type: 'step-failed'; readonly error: string; readonly permanent: boolean }
  /** One visit was undone: the newest that was not undone yet. */
  | { readonly type: 'visit-undone'; readonly step: string; readonly undone: number; readonly patch: Patch }
  /** Nothing is left to undo. */
  | { readonly type: 'all-undone' };

/** The step, and the run of the visit that is undone. */
export interface UndoneVisit {
  readonly step: string;
  readonly run: number;
}

/** Attempts to undo one visit. */
export interface UndoTries extends UndoneVisit {
  /** Those that have failed. */
  readonly failed: number;
  /** The last error. */
  readonly error?: string;
  /** The value that `again({ state })` left. */
  readonly state?: Json;
  /** The correlation id of its answer, if that is not ours. */
  readonly correlation?: string;
  /** The inbox message with the answer to its request. */
  readonly message?: string;
  /** The node where the undo stands, while it waits for that answer in the step that undoes. */
  readonly home?: string;
}

/** The visit and claim that a body reports for. `claim` is that of the process; for a queued task, that of its wait. */
export interface Speaker extends VisitEvent {
  readonly claim: number;
  readonly attempt: number;
  /** The worker of a queued task. Left out: the body ran in the worker of the process. */
  readonly taskOf?: string | undefined;
  /** When the body began, ms. */
  readonly begunAt?: number | undefined;
  /** The visit that is undone. The undo token itself may stand in no step. */
  readonly undoes?: UndoneVisit | undefined;
  readonly notes?: readonly Note[];
  /** The messages that the body sends. They leave only if its outcome is kept. */
  readonly sends?: readonly Sending[] | undefined;
  /** The log lines of the body, one JSON line each. */
  readonly log?: readonly string[];
}

/** A body has ended. */
export type OutcomeEvent<Patch = ContextPatch> = Speaker & StepOutcome<Patch>;

/* ----------------------------------------------------------------------- events ---- */

/** Where a token stood, and the item it was about. */
export interface TokenPosition extends ItemPosition {
  readonly node: string;
  /** The version with which the token came there. */
  readonly version?: number;
}

/** Anything that happens to a process, as plain data. */
export type ProcessEvent<Patch = ContextPatch> =
  | OutcomeEvent<Patch>
  /**
   * `lookedUp`: found in the inbox. Another instance may have found and delivered it first; that is no duplicate.
   * `also`: other visits of the process that wait for the same event. They get it together, because a process gets an event once.
   */
  | (VisitEvent & {
      readonly type: 'message-received';
      readonly message: MessageState;
      readonly lookedUp?: true;
      readonly also?: readonly VisitEvent[];
      /** The row of the inbox that the message is a copy of. It is taken from there. */
      readonly stored?: MessageState;
      /** The id of the message if nothing waits for it any more: another instance that finds no wait gives it the same one. */
      readonly lateId?: string;
    })
  | { readonly type: 'event-received'; readonly node: string; readonly message: MessageState; readonly lookedUp?: true }
  /** A message that found the wait, and does not fit its step. The wait goes on. */
  | (VisitEvent & { readonly type: 'message-refused'; readonly message: MessageState })
  /** A person has decided about a message that was refused. */
  | { readonly type: 'message-settled'; readonly message: MessageState; readonly as: 'readdressed' | 'discarded' }
  /** `stored`: the row of the inbox that the message is a copy of. It is taken from there. */
  | { readonly type: 'message-missed'; readonly message: MessageState; readonly stored?: MessageState }
  /** A person has decided about a message of the outbox. */
  | { readonly type: 'message-unsent'; readonly sending: Pick<OutgoingMessage, 'id' | 'step' | 'sender'>; readonly as: 'replayed' | 'discarded' }
  | (VisitEvent & { readonly type: 'came-due' })
  /** `graceful`: the worker was shut down, or never began the task, so no crash is counted. */
  | (VisitEvent & { readonly type: 'task-lost'; readonly worker: string; readonly graceful?: boolean })
  /** The body of a suspect begins. */
  | (Speaker & { readonly type: 'suspect-began' })
  /** The body would begin, and waits at this address for the end of a pause. */
  | (Speaker & { readonly type: 'pause-awaited'; readonly address: string; readonly says: string })
  /** The pause at this address has ended, or lets the body through. */
  | (VisitEvent & { readonly type: 'pause-ended'; readonly address: string })
  | { readonly type: 'claimed' }
  | { readonly type: 'worker-lost'; readonly worker: string; readonly graceful?: boolean }
  | { readonly type: 'suspended' }
  | { readonly type: 'resumed' }
  | { readonly type: 'cancelled'; readonly compensate?: boolean }
  /** The parent no longer needs this child. */
  | { readonly type: 'orphaned' }
  | { readonly type: 'retried'; readonly step?: string }
  /** A person skips the visit, with the values it would have brought and the branch it would have chosen. */
  | (VisitEvent & { readonly type: 'skipped'; readonly patch: Patch; readonly branch?: string })
  | {
      readonly type: 'restarted';
      /** The life the caller saw. */
      readonly root: number;
      readonly version: number;
      readonly values: JsonObject;
      readonly places: ReadonlyMap<string, TokenPosition>;
    }
  /** The process goes on under another version of its workflow. `steps`: nodes that have another name there. */
  | {
      readonly type: 'migrated';
      readonly to: number;
      /** The revision the caller saw. */
      readonly revision: number;
      readonly steps: ReadonlyMap<string, string>;
      readonly values: JsonObject;
      readonly waits: readonly string[];
    };

export type EventOf<T extends ProcessEvent['type']> = Extract<ProcessEvent, { type: T }>;

/** Events that a body reports about its own visit. */
export type SpokenEvent = OutcomeEvent | EventOf<'suspect-began' | 'pause-awaited'>;

/** The parked tokens that an event is about, by key: they are read with the process. */
export function waitsOfEvent(event: ProcessEvent<unknown>): readonly string[] {
  if (event.type === 'message-received') return event.also === undefined ? [event.key] : [event.key, ...event.also.map(({ key }) => key)];
  if (event.type === 'migrated') return event.waits;
  if ('claim' in event) return event.taskOf === undefined ? NO_KEYS : [event.key];
  return 'key' in event ? [event.key] : NO_KEYS;
}

/** The ids of the inbox messages that an event brings: they are read, so that a known message is recognised. */
export function messagesOfEvent(event: ProcessEvent<unknown>): readonly string[] {
  if (!('message' in event)) return NO_KEYS;
  if ('stored' in event && event.stored) return [event.message.id, event.stored.id];
  return 'lateId' in event && event.lateId ? [event.message.id, event.lateId] : [event.message.id];
}

/** True for events that stop or end a process whatever its workflow says: its definition need not be known. */
export function needsNoDefinition(event: ProcessEvent<unknown>): boolean {
  return event.type === 'suspended' || event.type === 'orphaned' || event.type === 'message-unsent' || (event.type === 'cancelled' && !event.compensate);
}

const NO_KEYS: readonly string[] = [];
