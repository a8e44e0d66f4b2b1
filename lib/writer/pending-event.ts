import type { Change } from '../core/change.js';
import type { ProcessEvent } from '../core/events.js';
import type { ProcessState } from '../core/process.js';
import type { Seed } from '../core/transition.js';
import type { JsonObject } from '../values/json.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';

/** A new process. */
export interface StartEvent {
  readonly type: 'started';
  readonly bound: BoundWorkflow;
  readonly seed: Seed;
}

/** An event as it is given: plain data, with patches as bodies and people give them. */
export type NewEvent = ProcessEvent<object> | StartEvent;

/** The actor and the reason of an event, and how to apply it. */
export interface ApplyOptions {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** The values that a body saw. A key it sets that others have set since is recorded as overwritten. */
  readonly seen?: JsonObject | undefined;
  /** The event is tried as long as the instance lives, since only this instance knows of it, as of the outcome of a body. */
  readonly patient?: boolean;
  /** The event is not tried again where the store gave no answer: it may have been stored, and would apply once more. */
  readonly once?: boolean;
  /** An outcome that cannot be stored is refused, instead of being a failed attempt. */
  readonly strict?: boolean;
}

/** The result of an event: the process after it, and the event's own change; null: the event no longer applied. */
export interface Applied {
  readonly process: ProcessState;
  readonly change: Change | null;
}

/** An event that waits for its turn. */
export interface PendingEvent {
  readonly event: NewEvent;
  readonly options: ApplyOptions;
  /** Null: there is no such process. */
  resolve(applied: Applied | null): void;
  reject(error: unknown): void;
}
