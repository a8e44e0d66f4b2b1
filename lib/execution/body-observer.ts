import type { BodyToken } from '../core/token.js';
import type { BodyOutcome } from './read-result.js';

/** A body that has ended. */
export interface EndedBody {
  readonly workflow: string;
  readonly step: string;
  readonly does: BodyToken['does'];
  readonly attempt: number;
  readonly outcome: BodyOutcome['type'];
  readonly ms: number;
}

/** Is told of bodies. */
export interface BodyObserver {
  /** False: nothing is measured. */
  readonly watchesBodies: boolean;
  bodyEnded(body: EndedBody): void;
  /** A task begins for the first time. `ms`: since it was ready. */
  taskBegan(queue: string, ms: number): void;
}
