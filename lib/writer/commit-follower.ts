import type { Change } from '../core/change.js';
import type { KnownProcess } from './decide.js';

/** What goes on after a commit, and after a process was read. */
export interface CommitFollower {
  /** Called after each commit of this instance, in the order of the commits of a process. `known` null: it has to be read to go on. */
  committed(change: Change, known: KnownProcess | null): void;
  /** Called when a process has been read, and nothing of it was changed. */
  seen(known: KnownProcess): void;
}
