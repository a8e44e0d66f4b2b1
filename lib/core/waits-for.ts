/**
 * What a parked token waits for: a message, an input, a child process, a worker of its queue, a moment, its condition, its turn
 * among items, or its branches. `overdue` marks a visit that takes too long.
 */
export type WaitKind = WaitsFor['kind'];

/** What ends a wait. `dueAt`: a moment at which it must be looked at, ms: a timer, or a time limit. */
export type WaitsFor =
  | { readonly kind: 'response' | 'event' | 'input' | 'child'; readonly address: string; readonly dueAt: number | null }
  | TaskWait
  | { readonly kind: 'timer' | 'condition'; readonly dueAt: number | null }
  | { readonly kind: 'turn' | 'branches' | 'overdue' };

export interface TaskWait {
  readonly kind: 'task';
  readonly queue: string;
  /** From when on a worker may take it, ms; null once one has. */
  readonly readyAt: number | null;
  /** The worker that has taken it. */
  readonly worker: string | null;
  readonly dueAt: number | null;
}
