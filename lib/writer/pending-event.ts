import type { Change } from '../core/change.js';
import type { ProcessEvent } from '../core/events.js';
import type { ProcessState } from '../core/process.js';
import type { Seed } from '../core/transition.js';
import type { JsonObject } from '../values/json.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';

/** A new process. `at`: when it starts, ms. */
export interface StartEvent {
  readonly type: 'started';
  readonly bound: BoundWorkflow;
  readonly seed: Seed;
  readonly at: number;
}

/** An event as it is handed in: plain data, with patches as bodies and people give them. */
export type NewEvent = ProcessEvent<object> | StartEvent;

/** Who brings an event, and how. */
export interface EventOptions {
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
  /** The values that a body saw: what others have set since is told as overwritten. */
  readonly seen?: JsonObject | undefined;
  /** Only this instance knows of it, as of the outcome of a body: it is tried as long as the instance lives. */
  readonly patient?: boolean;
  /** An outcome that cannot be stored is refused, instead of being a failed attempt. */
  readonly strict?: boolean;
}

/** What came of an event: the process after it, and the event's own change; null: it no longer applied. */
export interface Applied {
  readonly process: ProcessState;
  readonly change: Change | null;
}

/** An event that waits for its turn. */
export interface PendingEvent {
  readonly event: NewEvent;
  readonly options: EventOptions;
  /** Null: there is no such process. */
  readonly resolve: (applied: Applied | null) => void;
  readonly reject: (error: unknown) => void;
}
