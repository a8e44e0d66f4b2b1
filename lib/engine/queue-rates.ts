/** How fast queues are worked off. Each worker counts in memory, and says with its heartbeat what it has counted. */
import type { TaskRunner } from '../execution/task-runner.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import { SILENT_BEATS } from './heartbeat.js';
import type { EngineSettings } from './settings.js';

interface RateParts {
  readonly store: ProcessStore;
  readonly worker: string;
  readonly tasks: TaskRunner;
  readonly clock: Clock;
  readonly settings: EngineSettings;
  readonly works: () => boolean;
}

/** One write for each heartbeat, however many tasks there were. */
export async function reportTasks({ store, worker, tasks, clock }: Omit<RateParts, 'settings' | 'works'>): Promise<void> {
  await store.operating.putReport(worker, { at: clock.now().getTime(), ended: tasks.ended.inLastMinute() });
}

/** Says of a queue how many bodies of tasks have ended in the last 60 s; null where no worker has said so lately. */
export async function queueRates({ store, worker, tasks, clock, settings, works }: RateParts): Promise<(queue: string) => number | null> {
  const since = clock.now().getTime() - SILENT_BEATS * settings.heartbeatMs;
  const told = [...(await store.operating.reports())].filter(([id, { at }]) => at >= since && id !== worker).map(([, { ended }]) => ended);
  const all = works() ? [...told, tasks.ended.inLastMinute()] : told;
  return (queue) => (all.length === 0 ? null : all.reduce((sum, ended) => sum + (Object.hasOwn(ended, queue) ? ended[queue]! : 0), 0));
}
