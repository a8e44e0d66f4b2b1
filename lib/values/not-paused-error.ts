import { WorkflowError } from './errors.js';

/** 409. What was to be resumed is not paused. */
export class NotPausedError extends WorkflowError {
  /** The workflow, step or queue, in words. */
  declare readonly place: string;
  constructor(place: string) {
    super(409, 'NotPausedError', `Nothing was resumed: ${place} is not paused. pauses.list() shows what is.`, { place });
  }
}
