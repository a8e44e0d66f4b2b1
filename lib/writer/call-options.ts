import type { EntityManager } from 'typeorm';

/** Who calls, why, and in whose transaction. */
export interface CallOptions<Transaction = unknown> {
  readonly actor?: string;
  readonly reason?: string;
  readonly manager?: Transaction;
}

/** Who does it, why, and in whose transaction. Who and why go into the audit record. */
export interface ActionOptions extends CallOptions<EntityManager> {
  /** Does it inside this transaction of yours: it counts when that commits. */
  readonly manager?: EntityManager;
}

/** What is said of skipping a step. */
export interface SkipOptions extends ActionOptions {
  /** Of a decision: the step it goes on at, or the name of the branch it goes into. */
  readonly next?: string;
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
  /** Recognises the same message again. Default for a response: the same body under the same correlation id; for an event or an input: none. */
  readonly messageId?: string;
  /** Of an event: when it counts as published, for steps that look at it (`since`). Not in the future. Default: now. */
  readonly effectiveAt?: Date;
}
