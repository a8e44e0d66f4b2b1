import type { Json, JsonObject } from '../values/json.js';
import type { CarriedData } from './token.js';

/** The worker, the time, the reason and the facts of the context: everything a decision needs besides the process and the event. */
export interface DecisionContext {
  readonly now: number;
  /** A number from 0 up to 1 that spreads the delays of retries. */
  readonly random: number;
  /** The worker that decides; null: none, as inside a transaction of the application. */
  readonly by: string | null;
  /** False: that worker has no room for another process, so one that it does not hold stays unclaimed. */
  readonly hasRoom?: boolean;
  readonly facts: Facts;
  readonly actor?: string | undefined;
  readonly reason?: string | undefined;
}

/** The error of a workflow's own function that threw or returned a wrong value. */
export class FactError {
  constructor(readonly message: string) {}
}

/** The item a visit is about, inside an each. */
export type ItemPosition = Pick<CarriedData, 'item' | 'index'>;

/**
 * Facts about the context, with the event's patch in it. The workflow's own functions compute a fact, and only when a decision
 * asks for it. The decisions themselves never see a context.
 */
export interface Facts {
  /** True if the step's `when` holds. */
  holds(node: string, at: ItemPosition): boolean | FactError;
  /** True if the condition of the choice holds. */
  test(node: string, at: ItemPosition): boolean | FactError;
  /** The items of an each, as stored. */
  items(node: string, at: ItemPosition): readonly Json[] | FactError;
  /** The moment of the step's `after`, ms. */
  after(node: string, now: number, at: ItemPosition): number | FactError;
  /** The moment by which the visit, or the stage, must have ended, ms. */
  within(node: string, now: number, at: ItemPosition): number | FactError;
  /** The pause before the body is asked again, ms. */
  every(node: string, at: ItemPosition): number | FactError;
  /** The moment at which a step that is asked again and again is complete, ms. */
  completeBy(node: string, now: number, at: ItemPosition): number | FactError;
  /** The moment from which the visit is overdue, ms. */
  overdue(node: string, now: number, at: ItemPosition): number | FactError;
  /** The key of the event that the step waits for. */
  key(node: string, at: ItemPosition): string | FactError;
  /** The moment from which events count for the step, ms. */
  since(node: string, at: ItemPosition): number | FactError;
  /** True if `completeWhen` holds. */
  completes(): boolean | FactError;
  /** All values, if this version should carry them. */
  snapshot(): JsonObject | null;
}
