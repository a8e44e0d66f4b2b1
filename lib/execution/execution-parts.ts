import type { Senders } from '../outbox/senders.js';
import type { ProcessLimits } from '../context/process-limits.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock, Timers } from '../values/clock.js';
import type { PendingWork } from '../values/pending-work.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { BatchLoader } from '../writer/batch-loader.js';
import type { ProcessCommands } from '../writer/process-commands.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { BodyObserver } from './body-observer.js';
import type { KnownPauses } from './known-pauses.js';
import type { StepInputs } from './step-inputs.js';

/** The parts needed to run bodies. */
export interface ExecutionParts {
  /** The id of this worker. */
  readonly worker: string;
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly loader: BatchLoader;
  readonly writer: ProcessWriter;
  readonly commands: ProcessCommands;
  readonly inputs: StepInputs;
  readonly senders: Senders;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly activity: PendingWork;
  readonly limits: ProcessLimits;
  readonly observers: BodyObserver;
  readonly pauses: KnownPauses;
}
