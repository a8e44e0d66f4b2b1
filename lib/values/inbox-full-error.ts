import { WorkflowError } from './errors.js';

/** 429. So many messages wait for a process already that this one is not kept. It may be sent again later. */
export class InboxFullError extends WorkflowError {
  /** The limit that was reached: an option of `inbox`. */
  declare readonly limit: 'perAddress' | 'perWorkflow' | 'total' | 'bytes';
  declare readonly most: number;
  constructor(limit: InboxFullError['limit'], most: number) {
    const remedy = 'Discard messages that no process waits for (workflows.inbox), shorten `keepUnmatched`, or raise this limit.';
    super(
      429,
      'InboxFullError',
      `The inbox is full: ${FULL[limit]} holds ${most}${limit === 'bytes' ? ' bytes' : ''}, the most there may be (inbox.${limit}). ${remedy}`,
      { limit, most },
    );
  }
}

const FULL = { perAddress: 'one correlation id or event key', perWorkflow: 'one workflow', total: 'it', bytes: 'it' } as const;
