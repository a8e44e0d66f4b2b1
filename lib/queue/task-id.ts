import type { TaskWaitState } from '../core/wait.js';
import type { Task } from './task-queue.js';
import type { TaskAt } from '../store/port.js';

/**
 * The id of a task leads to its row: process, token and step run. The number of claims gives a task that is queued again another
 * id, because Bull ignores a job whose id it still knows. The queue is included, because claims are made queue by queue.
 */
function taskId({ processId, key, run, claim, queue }: TaskAt): string {
  return [processId, key, run, claim, queue].map(encodeURIComponent).join('|');
}

export function taskOf(at: TaskAt): Task {
  return { id: taskId(at), queue: at.queue, readyAt: at.readyAt };
}

/** `readyAt`: that of the wait, which no worker has claimed. */
export function taskOfWait(processId: string, { token: { key, run, claims = 0 }, waitsFor: { queue } }: TaskWaitState, readyAt: number): Task {
  return taskOf({ processId, key, run, claim: claims, queue, readyAt });
}

/**
 * Null for an id that is not ours: a queue may hold anything. Tasks are claimed many at a time, so one with a number or a character
 * that the database refuses would block the others.
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
