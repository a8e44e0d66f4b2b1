import type { ProcessStatus } from '../core/process.js';

/** How much there is in a store at one moment, over all instances. */
export interface StoreGauges {
  /** Live processes. */
  readonly processes: readonly { readonly workflow: string; readonly status: ProcessStatus; readonly count: number }[];
  /** Processes in which something can run, and that no worker has claimed. */
  readonly unclaimed: number;
  /** Since when the oldest wait for a message or a child lasts, ms; of the {@link OLDEST_WAITS} oldest waits of each kind. */
  readonly oldestWaits: readonly { readonly workflow: string; readonly step: string; readonly since: number }[];
  /** Step runs that take longer than their `overdue`. */
  readonly overdue: readonly { readonly workflow: string; readonly step: string; readonly count: number }[];
  /** Tasks by queue. `ready`: a worker may take them; `later`: their moment has not come. `readyAt`: of the first that no worker has taken, ms. */
  readonly queues: readonly QueueGauge[];
}

export interface QueueGauge {
  readonly queue: string;
  readonly ready: number;
  readonly later: number;
  readonly taken: number;
  readonly readyAt: number | null;
}

/** Among so many of each kind the oldest wait of each step is looked for, however many wait. */
export const OLDEST_WAITS = 500;
/** Kinds of waits whose age says something: another party has to act. */
export const AGEING_KINDS = ['response', 'event', 'input', 'child'] as const;
