import { KnownPauses } from '../execution/known-pauses.js';
import { Pauses } from '../operations/pauses.js';
import type { Announcements } from './announcements.js';
import { PauseWatch, type PauseWatchParts } from './pause-watch.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { PendingWork } from '../values/pending-work.js';

/** Adds what holds bodies back while they are paused. */
export function composePauses<T extends Omit<PauseWatchParts, 'pauses'> & { readonly activity: PendingWork }>(parts: T) {
  const pauses = new KnownPauses(parts.writer);
  const pauseWatch = new PauseWatch({ ...parts, pauses });
  pauses.onOvertaken((address) => parts.activity.during(() => pauseWatch.overtaken(address)));
  return { ...parts, pauses, pauseWatch };
}

interface OperatingParts extends PauseWatchParts {
  readonly queue: TaskQueue;
  readonly pauseWatch: PauseWatch;
  readonly announcements: Announcements;
}

/** Makes what people do to many processes at once. */
export function composeOperating({ pauseWatch, announcements, ...parts }: OperatingParts) {
  const changed = async () => {
    announcements.pausesChanged();
    await pauseWatch.learn();
    await pauseWatch.run();
  };
  return { pausing: new Pauses({ ...parts, changed }) };
}
