import { Logger } from '@nestjs/common';
import { saidAbout } from '../values/log-fields.js';
import { reasonOf } from '../values/reason.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

const logger = new Logger('Workflow');

/**
 * True if a row has another form than this release knows, because a later release wrote it, or a person. The error is that of reading
 * or deciding: what a driver throws comes as a `StoreUnavailableError`.
 */
export function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError;
}

/** Has a process left alone whose row cannot be read. */
export function leaveUnreadable({ unreadable }: WorkflowRegistry, id: string, error: unknown): void {
  if (!isUnreadable(error) || !unreadable.add(id)) return;
  saidAbout({ processId: id }, () =>
    logger.warn(`Process ${id} cannot be read here (${reasonOf(error)}). It is left alone, and tried again after ten minutes.`),
  );
}
