import { Logger } from '@nestjs/common';
import type { Change } from '../core/change.js';

const logger = new Logger('Workflow');

/** Logs that a process waits for a person, even if the application does not listen to the records. */
export function logFailure({ process, records }: Change): void {
  const failure = records.findLast(({ type }) => type === 'process-failed');
  if (failure)
    logger.error(
      `Process ${process.id} of workflow "${process.workflow}" has failed${failure.step ? ` in step "${failure.step}"` : ''}: ${failure.error}. It waits for retry(), skip(), restartFrom() or cancel().`,
    );
}
