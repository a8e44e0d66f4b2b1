import type { MessageState } from './change.js';
import type { Json, JsonObject } from '../values/json.js';

/** New values by top-level key, as stored, and the keys that go. */
export interface ContextPatch {
  readonly set: JsonObject;
  readonly remove: readonly string[];
}

export const NO_CHANGE: ContextPatch = { set: {}, remove: [] };

/** What could not be computed, because the workflow's own function threw. */
export class Fault {
  constructor(readonly message: string) {}
}

/**
 * What the context says, once the event's patch is in it. Computed outside by the workflow's functions, and only where
 * the answer decides something: the decisions themselves never see a context.
 */
export interface Facts {
  /** Does the step's `when` hold? */
  holds(node: string, at: Place): boolean | Fault;
  /** Which way does the choice go? */
  test(node: string, at: Place): boolean | Fault;
  /** The items of an each, as stored. */
  items(node: string, at: Place): readonly Json[] | Fault;
  /** The moment of the step's `after`, ms. */
  after(node: string, now: number, at: Place): number | Fault;
  /** The moment by which the visit, or the stage, must have ended, ms. */
  within(node: string, now: number, at: Place): number | Fault;
  /** The moment from which it is overdue, ms. */
  overdue(node: string, now: number, at: Place): number | Fault;
  /** The key of the event it waits for. */
  key(node: string, at: Place): string | Fault;
  /** The moment from which its events count, ms. */
  since(node: string, at: Place): number | Fault;
  /** `completeWhen`. */
  completes(): boolean | Fault;
  /** All values, when this version should carry them. */
  snapshot(): JsonObject | null;
}

/** The item a visit is about, inside an each. */
export interface Place {
  readonly item?: Json;
  readonly index?: number;
}

/** Names one visit; an event for another visit no longer applies. */
interface Visit {
  readonly key: string;
  readonly run: number;
}

/** What a body noted of itself. */
export interface Note {
  readonly text: string;
  readonly at: number;
}

/** What a body left behind. Only who runs it may say so: `claim` is the process's, or for a queued task that of its wait. */
interface Outcome extends Visit {
  readonly claim: number;
  /** A task's worker; left out for a body of the process's own worker. */
  readonly taskOf?: string;
  readonly attempt: number;
  /** When the body began. */
  readonly begunAt?: number;
  /** The step it undoes: the token that does so may stand in none. */
  readonly undoes?: string;
  readonly notes?: readonly Note[];
  /** What was said while it ran, one JSON line each. */
  readonly log?: readonly string[];
}

export type ProcessEvent = (
  | (Outcome & {
      readonly type: 'step-succeeded';
      readonly patch: ContextPatch;
      readonly branch?: string;
      readonly result?: Json;
      readonly overwrote?: readonly string[];
    })
  /** The `with` of a child has given its starting values, as the child's own class stores them. */
  | (Outcome & { readonly type: 'child-requested'; readonly values: JsonObject })
  /** One visit has been undone, the last that was not. */
  | (Outcome & { readonly type: 'visit-undone'; readonly step: string; readonly undone: number; readonly patch: ContextPatch })
  /** Nothing is left to undo. */
  | (Outcome & { readonly type: 'all-undone' })
  | (Outcome & { readonly type: 'response-requested'; readonly correlation?: string })
  | (Outcome & { readonly type: 'step-deferred'; readonly afterMs?: number; readonly state?: Json; readonly patch?: ContextPatch })
  | (Outcome & { readonly type: 'step-paused'; readonly reason: string })
  | (Outcome & { readonly type: 'step-failed'; readonly error: string; readonly permanent: boolean; readonly random: number })
  /**
   * `lookedUp`: found in the inbox, where the other side may have found it first. That is not the message a second time.
   * `also`: other visits of the process that wait for the same event; they get it together, as it is for it but once.
   */
  | (Visit & { readonly type: 'message-received'; readonly message: MessageState; readonly lookedUp?: true; readonly also?: readonly Visit[] })
  | { readonly type: 'event-received'; readonly node: string; readonly message: MessageState }
  | { readonly type: 'message-missed'; readonly message: MessageState }
  | (Visit & { readonly type: 'came-due'; readonly random: number })
  | (Visit & { readonly type: 'task-lost'; readonly worker: string })
  | { readonly type: 'claimed' }
  | { readonly type: 'worker-lost'; readonly worker: string }
  | { readonly type: 'suspended' }
  | { readonly type: 'resumed' }
  | { readonly type: 'cancelled'; readonly compensate?: boolean }
  | { readonly type: 'retried'; readonly step?: string }
  /** A person lets the visit at this key pass, with the values it would have brought, and the way it would have chosen. */
  | (Visit & { readonly type: 'skipped'; readonly patch: ContextPatch; readonly branch?: string })
  | { readonly type: 'restarted'; readonly root: number; readonly version: number; readonly values: JsonObject; readonly places: ReadonlyMap<string, Standing> }
  /** Goes on under another version of its workflow: which of its visits stand at a step of another name there. */
  | {
      readonly type: 'migrated';
      readonly to: number;
      readonly steps: ReadonlyMap<string, string>;
      readonly values: JsonObject;
      readonly waits: readonly string[];
    }
) &
  DecisionContext;

/** Where a token stood, and the item it was about. */
export interface Standing extends Place {
  readonly node: string;
  /** The version with which it came there. */
  readonly version?: number;
}

/** Who brings an event. */
export interface DecisionContext {
  /** The worker that takes the process if something in it can run now; null: it has to wait for one. */
  readonly by: string | null;
  readonly facts: Facts;
  readonly actor?: string;
  readonly reason?: string;
}

export type EventOf<T extends ProcessEvent['type']> = Extract<ProcessEvent, { type: T }>;
