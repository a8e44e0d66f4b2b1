import type { EntityManager } from 'typeorm';
import type { ProcessStatus } from './core/process.js';
import type { ContextIn } from './decorators/step.check.js';
import type { WaitView } from './runtime/views.js';
import type { Process } from './store/typeorm/entities/process.js';
import type { Class } from './values.js';

/** The same as a {@link ProcessRef}, after the workflow has been named. */
export type ProcessOf = string | { readonly groupId: string };

/** Who does it, why, and in whose transaction. Who and why go into the audit record. */
export interface ActionOptions {
  readonly actor?: string;
  readonly reason?: string;
  /** Does it inside this transaction of yours: it counts when that commits. */
  readonly manager?: EntityManager;
}

/** What is said of a start beside the starting values. */
export interface StartOptions extends ActionOptions {
  /** The business key: one live process per workflow and group id. At most 255 characters. Default: the process id. */
  readonly groupId?: string;
  /** Default: a new UUID. At most 80 characters. */
  readonly id?: string;
  /** Default: the version of the class given; by name, the newest known here. */
  readonly version?: number;
  /** If a live process has this group id: refuse (default), or hand it back. */
  readonly ifLive?: 'refuse' | 'return';
}

/** What is said of a message beside its data. */
export interface DeliveryOptions extends ActionOptions {
  /** Recognises the same message again. Default for a response: the same body under the same correlation id; for an event: none. */
  readonly messageId?: string;
}

/** Which processes to find: those that fit all that is said. */
export interface ProcessFilter {
  readonly workflow?: string | Class;
  readonly status?: ProcessStatus | readonly ProcessStatus[];
  readonly groupId?: string;
  /** The name of a step it waits in. */
  readonly waitingFor?: string;
  readonly startedBefore?: Date;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** 1 to 200. Default 50. */
  readonly limit?: number;
}

/** A process with its newest values and all it waits for. */
export type ProcessView<C> = Process & { readonly context: C; readonly waits: WaitView[] };

/** Starting values: any of the context's keys. The defaults and rules of its class do the rest. */
/** What a process is started with. A workflow whose steps take no context says nothing of it. */
export type StartValues<W> = W extends string ? object : [ContextIn<W>] extends [never] ? object : Partial<ContextIn<W>>;
