import type { Announcer } from '../values/announcer.js';
import type { Rate } from '../store/port.js';

/**
 * A queued task: little more than an id. The row in the store is the truth, and the worker that takes the task reads it.
 * `readyAt`: ms; before that the task does not run.
 */
export interface Task {
  readonly id: string;
  readonly queue: string;
  readonly readyAt: number;
}

/**
 * The result of a try to run a task. `gone`: another worker has it, it is not ready, or it is over; forget it.
 * `limited`: the rate of its queue is used up; try again after `retryMs`.
 */
export type Ran = { readonly what: 'ran' | 'gone' } | { readonly what: 'limited'; readonly retryMs: number };

/**
 * `foreign`: the process of the task is not in this database, so it may be one of another application. `early`: by the clock of this instance the task
 * is ready only in `ms`, or (0) it has become ready since it was tried; the clock of the instance which announced it may be ahead. `over`: another worker has it, or it is not needed any more.
 */
export type Missed = { readonly what: 'foreign' | 'over' } | { readonly what: 'early'; readonly ms: number };

/** How a task queue reaches the engine. */
export interface TaskWork {
  /** Runs the task if it is free. Resolves when the try has ended, whatever its outcome; never rejects. */
  run(taskId: string, rate?: Rate): Promise<Ran>;
  /** Why a task is `gone`. For a queue that forgets a task once it has handed it out, or that applications share; never rejects. */
  missed(taskId: string): Promise<Missed>;
  /** Tasks that are ready and free, oldest first. For a queue that does not store tasks itself. */
  ready(queues: readonly string[], limit: number): Promise<readonly Task[]>;
}

/**
 * Starts tasks when they are ready, and no more of a queue at once than its settings allow. Every implementation passes
 * `taskQueueContract`. An announcement that is lost or doubled costs time only: the sweep looks in the store for tasks that
 * are ready, and announces them again.
 */
export abstract class TaskQueue {
  /** The names of its queues. Null: any name is accepted. Boot checks the workflows against them. */
  abstract readonly queues: readonly string[] | null;
  /** Announces work to other instances over the broker. Null: not supported. */
  readonly announcer: Announcer | null = null;
  /** Announces tasks that are ready now or later. Must neither take long nor fail when the broker is down. */
  abstract notify(tasks: readonly Task[]): Promise<void>;
  /** Begins to take tasks of these queues: all that it has, or if it accepts any name, those that the workflows name. */
  abstract listen(queues: readonly string[], work: TaskWork): Promise<void>;
  /** True if a task of this queue would wait here for others to end, so that other instances are told of it. */
  isFull(_queue: string): boolean {
    return false;
  }
  /** For probes: rejects if the broker does not answer, in a second or so. A queue without a broker of its own is always well. */
  async ping(): Promise<void> {}
  /** Takes no more tasks. Running tasks may continue. */
  abstract stop(): Promise<void>;
}
