import type { ProcessState } from '../core/process.js';
import type { Seed } from '../core/transition.js';
import type { ProcessStore } from '../store/process-store.js';
import { ProcessAlreadyLiveError } from '../values/errors.js';
import { newSecret } from '../values/secret.js';
import type { BoundWorkflow } from '../workflows/bound-workflow.js';
import { stateOf } from './batch-loader.js';
import type { CallOptions } from './call-options.js';
import type { ProcessCommands } from './process-commands.js';

/** Starts new processes. Nothing has to be read, and only a start with the same id or group id can be in the way. */
export class ProcessStarter {
  constructor(
    private readonly store: ProcessStore,
    private readonly commands: ProcessCommands,
  ) {}

  /** @throws ProcessAlreadyLiveError when the id or the group id is taken; the error names the new process, not the one that has it */
  async start(bound: BoundWorkflow, seed: Seed, call: CallOptions): Promise<ProcessState> {
    const secret = newSecret();
    try {
      const applied = await this.commands.apply(seed.id, { type: 'started', bound, seed: { ...seed, secret } }, call);
      if (applied?.change) return applied.process;
    } catch (error) {
      if (!(error instanceof ProcessAlreadyLiveError)) throw error;
    }
    const existing = call.manager === undefined ? await stateOf(this.store, seed.id) : undefined;
    if (existing?.secret === secret) return existing; // the reply to its commit was lost
    throw new ProcessAlreadyLiveError(seed.id, bound.definition.name, seed.groupId);
  }
}
