import { KnownPauses } from '../execution/known-pauses.js';
import { BulkActions, type BulkActionParts } from '../operations/bulk-actions.js';
import { BulkRuns } from '../operations/bulk-runs.js';
import { BulkWorker } from '../operations/bulk-worker.js';
import { Pauses } from '../operations/pauses.js';
import type { Announcements } from './announcements.js';
import { PauseWatch, type PauseWatchParts } from './pause-watch.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Timers } from '../values/clock.js';
import { SILENT_BEATS } from './heartbeat.js';
import type { EngineSettings } from './settings.js';
import type { PendingWork } from '../values/pending-work.js';

/** Adds what holds bodies back while they are paused. */
export function composePauses<T extends Omit<PauseWatchParts, 'pauses'> & { readonly activity: PendingWork }>(parts: T) {
  const pauses = new KnownPauses(parts.writer);
  const pauseWatch = new PauseWatch({ ...parts, pauses });
  pauses.onOvertaken((address) => parts.activity.during(() => pauseWatch.overtaken(address)));
  return { ...parts, pauses, pauseWatch };
}

interface OperatingParts extends PauseWatchParts, BulkActionParts {
  readonly queue: TaskQueue;
  readonly store: ProcessStore;
  readonly pauseWatch: PauseWatch;
  readonly announcements: Announcements;
  readonly timers: Timers;
  readonly worker: string;
  readonly activity: PendingWork;
  readonly settings: EngineSettings;
}

/** Makes what people do to many processes at once. */
export function composeOperating({ pauseWatch, announcements, ...parts }: OperatingParts, works: () => boolean) {
  const changed = async () => {
    announcements.pausesChanged();
    await pauseWatch.learn();
    await pauseWatch.run();
  };
  const actions = new BulkActions(parts);
  const bulkWorker = new BulkWorker({ ...parts, actions, works, holdMs: parts.settings.heartbeatMs * SILENT_BEATS });
  const started = () => parts.activity.during(() => bulkWorker.look().catch(() => {})); // a sweep looks again
  return { pausing: new Pauses({ ...parts, changed }), bulkWorker, bulk: new BulkRuns({ ...parts, actions, started }) };
}
