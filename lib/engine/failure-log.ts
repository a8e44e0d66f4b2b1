import { Logger } from '@nestjs/common';
import type { Change } from '../core/change.js';

const logger = new Logger('Workflow');

/** A process that waits for a person should be heard of, also where nobody listens to the records. */
export function logFailure({ process, records }: Change): void {
  const failure = records.findLast(({ type }) => type === 'process-failed');
  if (failure)
    logger.error(
      `Process ${process.id} of workflow "${process.workflow}" has failed${failure.step ? ` in step "${failure.step}"` : ''}: ${failure.error}. It waits for retry(), skip(), restartFrom() or cancel().`,
    );
}
