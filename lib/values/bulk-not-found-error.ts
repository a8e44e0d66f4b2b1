import { WorkflowError } from './errors.js';

/** 404. There is no such bulk run. */
export class BulkNotFoundError extends WorkflowError {
  declare readonly bulk: string;
  constructor(bulk: string) {
    super(404, 'BulkNotFoundError', `There is no bulk run ${bulk}. bulk.list() shows all.`, { bulk });
  }
}
