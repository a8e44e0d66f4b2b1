import type { Json, JsonObject } from '../values/json.js';
import type { MessageState } from './change.js';
import type { CarriedData } from './token.js';

/** New values by top-level key, as stored, and the keys that go. */
export interface ContextPatch {
  readonly set: JsonObject;
  readonly remove: readonly string[];
}

export const NO_CHANGE: ContextPatch = { set: {}, remove: [] };

/* --------------------------------------------------------------- circumstances ---- */

/** Who decides, when, why, and what the context says: everything a decision needs beside the process and the event. */
export interface DecisionContext {
  readonly now: number;
  /** Spreads the delays of retries: from 0 up to 1. */
  readonly random: number;
  /** The worker that decides; null: none, as inside a transaction of the application. */
  readonly by: string | null;
  /** False: that worker has no room for another process, so one that it does not hold stays unclaimed. */
  readonly hasRoom?: boolean;
  readonly facts: Facts;
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
}

/** What could not be computed, as the workflow's own function threw. */
export class FactError {
  constructor(readonly message: string) {}
}

/** The item a visit is about, inside an each. */
export type ItemPosition = Pick<CarriedData, 'item' | 'index'>;

/**
 * What the context says, with the event's patch in it. The workflow's functions compute it, and only where the answer decides
 * something. The decisions themselves never see a context.
 */
export interface Facts {
  /** Does the step's `when` hold? */
  holds(node: string, at: ItemPosition): boolean | FactError;
  /** Which way does the choice go? */
  test(node: string, at: ItemPosition): boolean | FactError;
  /** The items of an each, as stored. */
  items(node: string, at: ItemPosition): readonly Json[] | FactError;
  /** The moment of the step's `after`, ms. */
  after(node: string, now: number, at: ItemPosition): number | FactError;
  /** The moment by which the visit, or the stage, must have ended, ms. */
  within(node: string, now: number, at: ItemPosition): number | FactError;
  /** The moment from which it is overdue, ms. */
  overdue(node: string, now: number, at: ItemPosition): number | FactError;
  /** The key of the event it waits for. */
  key(node: string, at: ItemPosition): string | FactError;
  /** The moment from which its events count, ms. */
  since(node: string, at: ItemPosition): number | FactError;
  /** `completeWhen`. */
  completes(): boolean | FactError;
  /** All values, if this version should carry them. */
  snapshot(): JsonObject | null;
}

/* --------------------------------------------------------------------- outcomes ---- */

/** Names one visit. An event for another visit no longer applies. */
interface VisitEvent {
  readonly key: string;
  readonly run: number;
}

/** What a body noted of itself. */
export interface Note {
  readonly text: string;
  readonly at: number;
}

/**
 * What came of a body, in the one form there is. `Patch`: a patch as stored; before it is decided on, as the body returned it,
 * with functions of the latest values in it.
 */
export type StepOutcome<Patch = ContextPatch> =
  | {
      readonly type: 'step-succeeded';
      readonly patch: Patch;
      readonly branch?: string | undefined;
      /** What the step returned, where that is not its patch. */
      readonly result?: Json | undefined;
      /** Keys it set that others had changed since its body began. */
      readonly overwrote?: readonly string[] | undefined;
    }
  /** The request is out. */
  | { readonly type: 'response-requested'; readonly correlation?: string }
  /** The starting values of a child, as the class of the child stores them. */
  | { readonly type: 'child-requested'; readonly values: JsonObject }
  | { readonly type: 'step-deferred'; readonly afterMs?: number; readonly state?: Json; readonly patch?: Patch }
  | { readonly type: 'step-paused'; readonly reason: string }
  | { readonly type: 'step-failed'; readonly error: string; readonly permanent: boolean }
  /** One visit has been undone, the last that was not. */
  | { readonly type: 'visit-undone'; readonly step: string; readonly undone: number; readonly patch: Patch }
  /** Nothing is left to undo. */
  | { readonly type: 'all-undone' };

/** Who speaks for a body. `claim` is that of the process; of a queued task, that of its wait. */
export interface Speaker extends VisitEvent {
  readonly claim: number;
  readonly attempt: number;
  /** The worker of a queued task. Left out: the body ran in the worker of the process. */
  readonly taskOf?: string | undefined;
  /** When the body began, ms. */
  readonly begunAt?: number | undefined;
  /** The step that was undone: the token that undoes may stand in no step. */
  readonly undoes?: string | undefined;
  readonly notes?: readonly Note[];
  /** What was logged while it ran, one JSON line each. */
  readonly log?: readonly string[];
}

/** A body has ended. */
export type OutcomeEvent<Patch = ContextPatch> = Speaker & StepOutcome<Patch>;

/* ----------------------------------------------------------------------- events ---- */

/** Where a token stood, and the item it was about. */
export interface TokenPosition extends ItemPosition {
  readonly node: string;
  /** The version with which it came there. */
  readonly version?: number;
}

/** Anything that happens to a process, as plain data. */
export type ProcessEvent<Patch = ContextPatch> =
  | OutcomeEvent<Patch>
  /**
   * `lookedUp`: found in the inbox, where the other side may have found it first. That is not the message a second time.
   * `also`: other visits of the process that wait for the same event. They get it together, as the process gets an event once.
   */
  | (VisitEvent & { readonly type: 'message-received'; readonly message: MessageState; readonly lookedUp?: true; readonly also?: readonly VisitEvent[] })
  | { readonly type: 'event-received'; readonly node: string; readonly message: MessageState }
  | { readonly type: 'message-missed'; readonly message: MessageState }
  | (VisitEvent & { readonly type: 'came-due' })
  /** `graceful`: the worker was shut down, or never began it: no crash is counted. */
  | (VisitEvent & { readonly type: 'task-lost'; readonly worker: string; readonly graceful?: boolean })
  /** A body that may be what kills its workers begins, with no other such body beside it. */
  | (Speaker & { readonly type: 'suspect-began' })
  | { readonly type: 'claimed' }
  | { readonly type: 'worker-lost'; readonly worker: string; readonly graceful?: boolean }
  | { readonly type: 'suspended' }
  | { readonly type: 'resumed' }
  | { readonly type: 'cancelled'; readonly compensate?: boolean }
  /** A child that its parent needs no more. */
  | { readonly type: 'orphaned' }
  | { readonly type: 'retried'; readonly step?: string }
  /** A person lets the visit pass, with the values it would have brought and the way it would have chosen. */
  | (VisitEvent & { readonly type: 'skipped'; readonly patch: Patch; readonly branch?: string })
  | {
      readonly type: 'restarted';
      /** The life the caller saw. */
      readonly root: number;
      readonly version: number;
      readonly values: JsonObject;
      readonly places: ReadonlyMap<string, TokenPosition>;
    }
  /** Goes on under another version of its workflow. `steps`: nodes that have another name there. */
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

/** What a body says of its visit. */
export type SpokenEvent = OutcomeEvent | EventOf<'suspect-began'>;

/** The parked tokens that an event is about, by key: they are read with the process. */
export function waitsOfEvent(event: ProcessEvent<unknown>): readonly string[] {
  if (event.type === 'message-received') return event.also === undefined ? [event.key] : [event.key, ...event.also.map(({ key }) => key)];
  if (event.type === 'migrated') return event.waits;
  if ('claim' in event) return event.taskOf === undefined ? NO_KEYS : [event.key];
  return 'key' in event ? [event.key] : NO_KEYS;
}

/** The inbox messages that an event brings, by id: a known one is told from a new one. */
export function messagesOfEvent(event: ProcessEvent<unknown>): readonly string[] {
  return 'message' in event ? [event.message.id] : NO_KEYS;
}

/** It stops or ends the process whatever its workflow says, so its definition need not be known. */
export function needsNoDefinition(event: ProcessEvent<unknown>): boolean {
  return event.type === 'suspended' || event.type === 'orphaned' || (event.type === 'cancelled' && !event.compensate);
}

const NO_KEYS: readonly string[] = [];
