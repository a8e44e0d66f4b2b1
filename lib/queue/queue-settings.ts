import { milliseconds } from '../values/duration.js';
import type { Rate } from '../store/port.js';
import type { Duration, QueueName } from '../values/types.js';

/** The limits of a task queue. */
export interface QueueSettings {
  /** How many tasks run at once in one instance of the application. Default 10. */
  readonly concurrency?: number;
  /** How many tasks are taken in a period, in all instances together. Default: no limit. */
  readonly rate?: { readonly max: number; readonly per: Duration };
}

/** The queues: their names, or names with settings. */
export type QueueList = readonly QueueName[] | { readonly [Q in QueueName]?: QueueSettings };

const DEFAULT_CONCURRENCY = 10;

export interface QueuePlan {
  readonly name: string;
  readonly concurrency: number;
  readonly rate?: Rate;
}

/** @throws TypeError naming the queue and what is wrong with its settings */
export function planQueues(list: QueueList): QueuePlan[] {
  if (Array.isArray(list)) return (list as readonly string[]).map((name) => planQueue(name, {}));
  return Object.entries(list as Record<string, QueueSettings | undefined>).map(([name, settings]) => planQueue(name, settings ?? {}));
}

export function planQueue(name: string, { concurrency = DEFAULT_CONCURRENCY, rate }: QueueSettings): QueuePlan {
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new TypeError(`Task queue "${name}": concurrency ${concurrency} is not a whole number from 1.`);
  if (rate && (!Number.isInteger(rate.max) || rate.max < 1)) throw new TypeError(`Task queue "${name}": rate.max ${rate.max} is not a whole number from 1.`);
  return { name, concurrency, ...(rate && { rate: { max: rate.max, perMs: milliseconds(rate.per) } }) };
}
