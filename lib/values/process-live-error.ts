import { WorkflowError } from './errors.js';

/** 409. Processes that would be erased are live, or a live process still needs one of them: nothing was erased. Or they have changed meanwhile: a part may be. */
export class ProcessLiveError extends WorkflowError {
  /** The live ones. */
  declare readonly processIds: string[];
  constructor(what: string, processIds: string[], remedy: string) {
    super(409, 'ProcessLiveError', `${what}: ${processIds.slice(0, 5).join(', ')}${processIds.length > 5 ? ' and others' : ''}. ${remedy}.`, { processIds });
  }
}
