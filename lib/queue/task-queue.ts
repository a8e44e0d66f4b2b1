import type { Rate } from '../store/port.js';

/**
 * A queued task: an id and nothing else. The row in the store is the truth; whoever takes the task asks it.
 * `readyAt`: ms; before that the task does not run.
 */
export interface Task {
  readonly id: string;
  readonly queue: string;
  readonly readyAt: number;
}

/**
 * What became of a try to run a task. `gone`: somebody else has it, it is not ready, or it is over: forget it.
 * `limited`: the rate of its queue is used up; try again after `retryMs`.
 */
export type Ran = { readonly what: 'ran' | 'gone' } | { readonly what: 'limited'; readonly retryMs: number };

/** How a task queue reaches the engine. */
export interface TaskWork {
  /** Runs the task if it is free. Resolves when the try has ended, whatever its outcome; never rejects. */
  run(taskId: string, rate?: Rate): Promise<Ran>;
  /** Tasks that are ready and free, oldest first: for a queue that remembers none. */
  ready(queues: readonly string[], limit: number): Promise<readonly Task[]>;
}

/**
 * Says when a task can run, and lets no more of a queue run at once than it allows. Every implementation passes
 * `taskQueueContract`. It may lose a ring or double it, and that costs time only: the store is swept for tasks that are
 * ready, which are rung again.
 */
export abstract class TaskQueue {
  /** The queues it has; null: any name will do. Read at boot, to check the workflows. */
  abstract readonly queues: readonly string[] | null;
  /** Announces tasks, now ready or later. Must not wait long, and not fail, where its broker is down. */
  abstract ring(tasks: readonly Task[]): Promise<void>;
  /** Begins to take tasks of these queues: of all it has, and where it takes any name, of those the workflows name. */
  abstract listen(queues: readonly string[], work: TaskWork): Promise<void>;
  /** Takes no more tasks. What runs may go on. */
  abstract stop(): Promise<void>;
}
