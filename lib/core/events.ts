import type { MessageState } from './change.js';
import type { Json, JsonObject } from './json.js';

/** New values by top-level key, as stored, and the keys that go. */
export interface ContextPatch {
  readonly set: JsonObject;
  readonly remove: readonly string[];
}

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
  holds(node: string): boolean | Fault;
  /** The moment of the step's `after`, ms. */
  after(node: string, now: number): number | Fault;
  /** The moment by which the visit must have ended, ms. */
  within(node: string, now: number): number | Fault;
  /** `completeWhen`. */
  completes(): boolean | Fault;
  /** All values, when this version should carry them. */
  snapshot(): JsonObject | null;
}

/** Names one visit; an event for another visit no longer applies. */
interface Visit {
  readonly key: string;
  readonly run: number;
}

/** What a body left behind. Only who runs it may say so: `claim` is the process's, or for a queued task that of its wait. */
interface Outcome extends Visit {
  readonly claim: number;
  /** A task's worker; left out for a body of the process's own worker. */
  readonly taskOf?: string;
  readonly attempt: number;
  /** When the body began. */
  readonly begunAt?: number;
  readonly notes?: readonly string[];
}

export type ProcessEvent = (
  | (Outcome & { readonly type: 'step-succeeded'; readonly patch: ContextPatch; readonly branch?: string; readonly overwrote?: readonly string[] })
  | (Outcome & { readonly type: 'response-requested'; readonly correlation?: string })
  | (Outcome & { readonly type: 'step-deferred'; readonly afterMs?: number; readonly state?: Json; readonly patch?: ContextPatch })
  | (Outcome & { readonly type: 'step-paused'; readonly reason: string })
  | (Outcome & { readonly type: 'step-failed'; readonly error: string; readonly permanent: boolean; readonly random: number })
  /** `lookedUp`: found in the inbox, where the other side may have found it first. That is not the message a second time. */
  | (Visit & { readonly type: 'message-received'; readonly message: MessageState; readonly lookedUp?: true })
  | { readonly type: 'event-received'; readonly node: string; readonly message: MessageState }
  | { readonly type: 'message-missed'; readonly message: MessageState }
  | (Visit & { readonly type: 'came-due'; readonly random: number })
  | (Visit & { readonly type: 'task-lost'; readonly worker: string })
  | { readonly type: 'claimed' }
  | { readonly type: 'worker-lost'; readonly worker: string }
  | { readonly type: 'suspended' }
  | { readonly type: 'resumed' }
  | { readonly type: 'cancelled' }
  | { readonly type: 'retried'; readonly step?: string }
  | { readonly type: 'restarted'; readonly root: number; readonly version: number; readonly values: JsonObject; readonly places: ReadonlyMap<string, string> }
) &
  Circumstances;

/** Who brings an event. */
export interface Circumstances {
  /** The worker that takes the process if something in it can run now; null: it has to wait for one. */
  readonly by: string | null;
  readonly facts: Facts;
  readonly actor?: string;
  readonly reason?: string;
}

export type EventOf<T extends ProcessEvent['type']> = Extract<ProcessEvent, { type: T }>;
