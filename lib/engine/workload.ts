/** What people ask of the whole engine: its queues, its workers, and whether it is ready. */
import { reasonOf } from '../values/reason.js';
import type { EngineParts } from './engine.js';

/** The tasks of a queue, over all instances. */
export interface QueueView {
  readonly queue: string;
  /** Tasks that wait for a worker, or for their moment. */
  readonly waiting: number;
  /** Tasks that a worker has taken. */
  readonly taken: number;
  /** When the first of those that wait may run, or might have; null: none waits. */
  readonly readyAt: Date | null;
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
export async function queueViews({ store, registry, queue: tasks }: EngineParts): Promise<QueueView[]> {
  const counts = new Map((await store.queries.queueCounts()).map((count) => [count.queue, count]));
  const names = new Set([...registry.queues(), ...(tasks.queues ?? []), ...counts.keys()]);
  return [...names].sort().map((queue) => {
    const { waiting = 0, taken = 0, readyAt = null } = counts.get(queue) ?? {};
    return { queue, waiting, taken, readyAt: readyAt === null ? null : new Date(readyAt) };
  });
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
