import type { TaskWaitState } from '../core/wait.js';
import type { Task } from './task-queue.js';
import type { TaskAt } from '../store/port.js';

/**
 * A task's id says where its row is: process, token, step run, and how often it was taken, so that the same task queued again
 * has another id (Bull ignores a job whose id it still knows). The queue follows, as a claim is made queue by queue.
 */
function taskId({ processId, key, run, claim, queue }: TaskAt): string {
  return [processId, key, run, claim, queue].map(encodeURIComponent).join('|');
}

export function taskOf(at: TaskAt): Task {
  return { id: taskId(at), queue: at.queue, readyAt: at.readyAt };
}

/** `readyAt`: that of the wait, which nobody has taken. */
export function taskOfWait(processId: string, { token: { key, run, claims = 0 }, waitsFor: { queue } }: TaskWaitState, readyAt: number): Task {
  return taskOf({ processId, key, run, claim: claims, queue, readyAt });
}

/**
 * Null for what is no id of ours: a queue may hold anything. Tasks are claimed many at a time, so one with a number or a character
 * that the database refuses would keep the others from being taken.
 */
export function taskAddress(id: unknown): TaskAt | null {
  const parts = typeof id === 'string' && id.length < 2000 ? id.split('|') : [];
  if (parts.length !== 5) return null;
  try {
    const [processId, key, run, claim, queue] = parts.map(decodeURIComponent) as [string, string, string, string, string];
    if (![run, claim].every((number) => /^\d{1,9}$/.test(number)) || (processId + key + queue).includes('\0')) return null;
    return { processId, key, run: Number(run), claim: Number(claim), queue, readyAt: 0 };
  } catch {
    return null;
  }
}
