import type { Change } from '../core/change.js';
import type { KnownProcess } from './decide.js';

/** Starts the work that follows a commit, or the reading of a process. */
export interface CommitFollower {
  /** Called after each commit of this instance, in the order of the commits of a process. `known` null: the process must be read to go on. */
  committed(change: Change, known: KnownProcess | null): void;
  /** Called when a process was read, and nothing of it was changed. */
  seen(known: KnownProcess): void;
}
