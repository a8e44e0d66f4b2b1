import { WorkflowError } from './errors.js';

/** 409. Bulk runs about what would be erased have not ended. Nothing was erased. */
export class BulkRunLiveError extends WorkflowError {
  declare readonly bulkRuns: string[];
  constructor(what: string, bulkRuns: string[], remedy: string) {
    super(409, 'BulkRunLiveError', `${what}: ${bulkRuns.slice(0, 5).join(', ')}${bulkRuns.length > 5 ? ' and others' : ''}. ${remedy}.`, { bulkRuns });
  }
}
