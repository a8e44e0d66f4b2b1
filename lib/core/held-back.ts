/** What pauses have left in a token. */
export interface PauseMarks {
  readonly held?: HeldBack;
  readonly passed?: Passed;
}

/** Since when a pause holds a body back. `task`: a worker had taken it from a task queue. */
export interface HeldBack {
  readonly at: number;
  readonly task?: true;
}

/** The pauses that have let a body through. */
export interface Passed {
  /** The attempt, and what it does. */
  readonly body: string;
  /** The addresses of the pauses. */
  readonly pauses: readonly string[];
}
