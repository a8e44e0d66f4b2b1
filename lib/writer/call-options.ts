import type { EntityManager } from 'typeorm';

/** The actor, the reason, and the transaction of a call. */
export interface CallOptions<Transaction = unknown> {
  readonly actor?: string;
  readonly reason?: string;
  readonly manager?: Transaction;
}

/** The actor, the reason, and the transaction of an action. Actor and reason go into the audit record. */
export interface ActionOptions extends CallOptions<EntityManager> {
  /** Runs the action inside this transaction of yours. The action takes effect when that commits. */
  readonly manager?: EntityManager;
}

/** Options for skipping a step. */
export interface SkipOptions extends ActionOptions {
  /** For a decision: the step where the process goes on, or the name of the branch. */
  readonly next?: string;
}

/** Options for a start, besides the starting values. */
export interface StartOptions extends ActionOptions {
  /** The business key: one live process per workflow and group id. At most 255 characters. Default: the process id. */
  readonly groupId?: string;
  /** Default: a new UUID. At most 80 characters, with no blank at either end: MySQL would take two such ids for one. */
  readonly id?: string;
  /**
   * Gives the id: the same for the same workflow and seed, and so are the ids of its step runs and children. A second start with the
   * seed is refused, as one with the same id is.
   */
  readonly seed?: string;
  /** Default: the version of the class given; by name, the newest known here. */
  readonly version?: number;
  /** If a live process has this group id: refuse (default), or return that process. */
  readonly ifLive?: 'refuse' | 'return';
}

/** Options for a message, besides its data. */
export interface DeliveryOptions extends ActionOptions {
  /**
   * Identifies a repeat of the message: unique per sender, for one workflow and step, or one event. A text of at most 255 characters, or
   * a safe integer, which is the same as its decimal text. Default for a response: the same body to the same wait; otherwise none.
   */
  readonly messageId?: string | number;
  /** Who gives out the message ids. Default: for a handler its class and method, else none. */
  readonly sender?: string;
  /** For an event: when it counts as published, for steps that check it (`since`). In the future: it is kept, and emitted then. Default: now. */
  readonly effectiveAt?: Date;
}

/** Options of an input. */
export interface InputOptions extends DeliveryOptions {
  /** Inside `forEach`: the item that the input is for, from 0, as `waitingForInput` lists it. Default: the item that has waited longest. */
  readonly index?: number;
}
