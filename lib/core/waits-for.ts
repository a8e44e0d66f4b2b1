/**
 * The kind of a wait: for a message, an input, a child process, a worker of its queue, a moment, its condition, its turn among
 * items, or its branches. `pause`: for the end of a pause. `listener`: a step that hears its event outside of a visit. `overdue` marks a visit that takes too long.
 */
export type WaitKind = WaitsFor['kind'];

/** The end of a wait. `dueAt`: when its timer or its time limit is due, ms. */
export type WaitsFor =
  | { readonly kind: 'response' | 'event' | 'input' | 'child' | 'listener' | 'pause'; readonly address: string; readonly dueAt: number | null }
  | TaskWait
  | { readonly kind: 'timer' | 'condition'; readonly dueAt: number | null }
  | { readonly kind: 'turn' | 'branches' | 'overdue' };

export interface TaskWait {
  readonly kind: 'task';
  readonly queue: string;
  /** From when on a worker may take the task, ms; null once a worker has taken it. */
  readonly readyAt: number | null;
  /** The worker that has taken it. */
  readonly worker: string | null;
  readonly dueAt: number | null;
}
