import { Logger } from '@nestjs/common';
import type { Change, RecordDraft } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { type LogFields, saidAbout } from '../values/log-fields.js';

const logger = new Logger('Workflow');

/** Logs that a process waits for a person, even if the application does not listen to the records. */
export function logFailure({ process, records }: Change): void {
  const failure = records.findLast(({ type }) => type === 'process-failed');
  if (failure) saidAbout(failedFields(process, failure), () => logger.error(sentence(process, failure)));
}

function failedFields({ workflow, id: processId, groupId }: ProcessState, { step, attempt }: RecordDraft): Partial<LogFields> {
  return { workflow, processId, groupId, ...(step !== null && { step }), ...(attempt !== null && { attempt }) };
}

function sentence({ id, workflow }: ProcessState, { step, error }: RecordDraft): string {
  return `Process ${id} of workflow "${workflow}" has failed${step ? ` in step "${step}"` : ''}: ${String(error).replace(/\.$/, '')}. It waits for retry(), skip(), restartFrom() or cancel().`;
}
