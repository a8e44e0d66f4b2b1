/** The kinds of news that an instance announces to the others: unclaimed processes, tasks that are ready, and a pause that has changed. */
export type NewWork = 'processes' | 'tasks' | 'pauses';

/**
 * Tells the other instances of an application that there is work, so that they need not wait for their next sweep. Best effort: a lost
 * announcement delays the work until that sweep.
 */
export abstract class Announcer {
  /** Calls `heard` from now on when another instance announces work. False: listening is not possible, and the reason is logged. */
  abstract listen(heard: (work: NewWork) => void): Promise<boolean>;
  abstract announce(work: NewWork): Promise<void>;
  abstract close(): Promise<void>;
}
