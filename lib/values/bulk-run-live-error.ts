import { WorkflowError } from './errors.js';

/** 409. Bulk runs that have not ended are about what would be erased. Nothing was erased. */
export class BulkRunLiveError extends WorkflowError {
  /** Their ids. */
  declare readonly bulkRuns: string[];
  constructor(bulkRuns: string[], remedy: string) {
    const some = `${bulkRuns.slice(0, 5).join(', ')}${bulkRuns.length > 5 ? ' and others' : ''}`;
    super(409, 'BulkRunLiveError', `Bulk runs that have not ended are about what would be erased: ${some}. ${remedy}.`, { bulkRuns });
  }
}
