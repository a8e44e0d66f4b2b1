import type { Change } from '../core/change.js';
import { isTaskWait } from '../core/wait.js';
import { taskOfWait } from './task-id.js';
import type { TaskQueue } from './task-queue.js';

/** Announces the tasks that a change has queued. A lost announcement costs time: the sweep announces again what is not taken. */
export function notifyQueued(queue: TaskQueue, { process, waits }: Change): void {
  if (waits.put.length === 0) return;
  const ready = waits.put.flatMap((wait) => {
    if (!isTaskWait(wait)) return [];
    const { readyAt } = wait.waitsFor;
    return readyAt === null ? [] : taskOfWait(process.id, wait, readyAt);
  });
  if (ready.length > 0) void queue.notify(ready).catch(() => {});
}
