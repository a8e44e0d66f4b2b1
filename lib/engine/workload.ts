/** What people ask of the whole engine: its queues, its workers, and whether it is ready. */
import { pauseView, type PauseView } from '../query/paused.js';
import { pauseAddress } from '../values/paused-place.js';
import { reasonOf } from '../values/reason.js';
import type { EngineParts } from './engine.js';
import { queueRates } from './queue-rates.js';

const MOST_COUNTED = 1000;

/** The tasks of a queue, over all instances. */
export interface QueueView {
  readonly queue: string;
  /** Tasks that wait for a worker, or for their moment. */
  readonly waiting: number;
  /** Tasks that a worker has taken. */
  readonly taken: number;
  /** Tasks whose body has ended in the last 60 s, on all instances, as each has said with its last heartbeat. Null: none has said so. */
  readonly perMinute: number | null;
  /** When the first of those that wait may run, or might have; null: none waits. */
  readonly readyAt: Date | null;
  /** Its pause; null: it is not paused. */
  readonly paused: PauseView | null;
  /** Tasks that the pause holds back, beside those that wait; at most 1,000 are counted. */
  readonly held: number;
}

/** An instance of the application that has not shut down. */
export interface WorkerView {
  readonly id: string;
  /** Its last heartbeat, in the time of the database. */
  readonly seenAt: Date;
  /** True: it counts as gone, and others take over what it holds. */
  readonly silent: boolean;
  /** True: it is the instance that answers. */
  readonly here: boolean;
  readonly processes: number;
  readonly tasks: number;
}

/** Whether this instance can do its work. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not, for people; empty where it is ready. */
  readonly problems: readonly string[];
}

/** Queues that workflows name or that the task queue has, and those in which tasks of others are. By name. */
export async function queueViews(parts: EngineParts): Promise<QueueView[]> {
  const { store, registry, queue: tasks, pauses } = parts;
  const perMinute = await queueRates(parts);
  const counts = new Map((await store.queries.queueCounts()).map((count) => [count.queue, count]));
  const names = new Set([...registry.queues(), ...(tasks.queues ?? []), ...counts.keys()]);
  const views = [...names].sort().map(async (queue) => {
    const { waiting = 0, taken = 0, readyAt = null } = counts.get(queue) ?? {};
    const pause = pauses.at(pauseAddress({ workflow: null, step: null, queue }));
    const held = pause ? (await store.operating.heldAt(pause.address, MOST_COUNTED)).length : 0;
    return {
      queue,
      waiting,
      taken,
      perMinute: perMinute(queue),
      readyAt: readyAt === null ? null : new Date(readyAt),
      paused: pause ? pauseView(pause) : null,
      held,
    };
  });
  return Promise.all(views);
}

export async function workerViews({ store, heartbeat, worker }: EngineParts): Promise<WorkerView[]> {
  const since = heartbeat.silentSince ?? 0;
  const all = await store.maintenance.workers();
  return all.map(({ seenAt, ...rest }) => ({ ...rest, seenAt: new Date(seenAt), silent: seenAt < since, here: rest.id === worker }));
}

export async function readiness({ store, registry, settings, works }: EngineParts): Promise<Readiness> {
  const problems: string[] = [];
  if (!registry.compiler) problems.push('it boots');
  else if (settings.enabled && !works()) problems.push('the worker has not been started, or has been stopped');
  await store.queries.waitsOf('').catch((error: unknown) => problems.push(`the database does not answer: ${reasonOf(error)}`));
  return { ready: problems.length === 0, problems };
}
