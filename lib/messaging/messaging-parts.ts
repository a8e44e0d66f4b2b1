import type { ProcessLimits } from '../context/process-limits.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import type { PendingWork } from '../values/pending-work.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { InboxLimits } from './inbox-limits.js';
import type { ProcessCommands } from '../writer/process-commands.js';
import type { Uncommitted } from '../writer/uncommitted.js';

/** The parts needed to bring messages. */
export interface MessagingParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly commands: ProcessCommands;
  readonly uncommitted: Uncommitted;
  /** The limits of the inbox. */
  readonly inbox: InboxLimits;
  readonly clock: Clock;
  readonly activity: PendingWork;
  readonly limits: ProcessLimits;
}
