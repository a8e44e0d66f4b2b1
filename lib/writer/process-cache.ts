import type { Change } from '../core/change.js';
import type { ProcessEvent } from '../core/events.js';
import type { Json, JsonObject } from '../values/json.js';
import type { ProcessState } from '../core/process.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import type { StepVisit, Undone } from '../execution/step-context.js';

/** The process as an event meets it. */
export interface Standing {
  readonly process: ProcessState;
  readonly context: JsonObject;
  readonly bound: BoundWorkflow;
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event as it is told; who brings it and what the context says is added when it is decided. */
export type Told = Without<ProcessEvent, 'by' | 'facts'>;

/** What came of an event: the process after it, and the event's own change; null: it no longer applied. */
export interface Applied {
  readonly process: ProcessState;
  readonly change: Change | null;
}

/** An event that waits for its turn. */
export interface Pending {
  /** Made from the process as it then is: a patch may hold functions of the latest values. Runs again after a lost race. */
  readonly tell: (standing: Standing) => Told;
  /** Parked tokens and messages it is about. */
  readonly waits: readonly string[];
  readonly messages: readonly string[];
  /** It stops or ends the process whatever that does, so nobody has to know its workflow. */
  readonly unbound?: boolean;
  /** An outcome: it is tried as long as the worker lives, as only we know it. */
  readonly patient: boolean;
  readonly resolve: (applied: Applied | null) => void;
  readonly reject: (error: unknown) => void;
}

/** What this worker remembers of a process while it has to do with it. The row is the truth; this can be dropped at any time. */
export class ProcessCache {
  /** The newest state known; null: it has to be read. */
  known: { readonly process: ProcessState; readonly context: JsonObject } | null = null;
  readonly pending: Pending[] = [];
  draining = false;
  /** The bodies under way, by {@link visitKey}. */
  readonly running = new Map<string, StepVisit>();
  /** Bodies of messages accepted here and not handled yet, so that a handler need not read them again. */
  readonly messages = new Map<string, Json>();
  /** What steps returned that a token here refers to, by the version that keeps it. */
  readonly returned = new Map<number, Json>();
  /** What the undoing of this run has yet to undo, the next one last. */
  toUndo: { readonly run: number; readonly left: Undone[] } | undefined;
  /** Commits somebody else won since the last of ours. */
  losses = 0;
  /** Changes of ours that did not go through its drain: what was read before one may be older than it. */
  changes = 0;
  /** So many of the next events are recorded each by itself: one of them cannot be. */
  alone = 0;

  constructor(readonly id: string) {}

  get isIdle(): boolean {
    return !this.draining && this.pending.length === 0 && this.running.size === 0;
  }
}
