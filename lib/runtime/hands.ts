import { StoreUnavailableError } from '../errors.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from './clock.js';
import type { Loader } from './loader.js';
import type { ProcessWriter } from './process-writer.js';
import type { WorkflowRegistry } from './registry.js';
import { decideOn, errorOf, snapshotOf, unknownWorkflow } from './round.js';
import type { Applied, Pending } from './seat.js';
import type { Change } from '../core/change.js';

/** Who does something, why, and in whose transaction. */
export interface Hand {
  readonly actor?: string;
  readonly reason?: string;
  readonly manager?: unknown;
}

const MOST_LOSSES = 10;

/**
 * Does what people and messages ask for: through the writer, or where the caller has a transaction, inside that. There, the
 * engine commits nothing itself and takes nothing; what can run then waits for the commit.
 */
export class Hands {
  constructor(
    readonly writer: ProcessWriter,
    private readonly store: ProcessStore,
    private readonly loader: Loader,
    private readonly registry: WorkflowRegistry,
    private readonly clock: Clock,
  ) {}

  tell(id: string, pending: Pick<Pending, 'tell' | 'waits' | 'messages'>, { manager, actor, reason }: Hand): Promise<Applied | null> {
    const who = { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
    const signed: typeof pending = { ...pending, tell: (standing) => ({ ...pending.tell(standing), ...who }) };
    return manager === undefined ? this.writer.apply(id, { ...signed, patient: false }) : this.tellWithin(manager, id, signed);
  }

  private async tellWithin(manager: unknown, id: string, pending: Pick<Pending, 'tell' | 'waits' | 'messages'>): Promise<Applied | null> {
    for (let losses = 0; ; losses++) {
      const made = await this.decide(id, pending);
      if (!made?.change) return made;
      const rejection = await this.store.commitWithin(manager, made.change);
      if (!rejection) return this.announceLater(manager, made as Applied & { change: Change });
      if (rejection.reason !== 'stale') throw errorOf(rejection);
      if (losses === MOST_LOSSES) throw new StoreUnavailableError(id, rejection.error ?? 'too many others change it at the same time');
    }
  }

  private announceLater(manager: unknown, made: Applied & { change: Change }): Applied {
    this.store.afterCommit(manager, () => this.writer.committedElsewhere(made.change, null));
    return made;
  }

  private async decide(id: string, { tell, waits, messages }: Pick<Pending, 'tell' | 'waits' | 'messages'>): Promise<Applied | null> {
    const loaded = await this.loader.load({ id, waits, messages, context: true });
    if (!loaded) return null;
    const standing = snapshotOf(loaded);
    const { process, context } = standing;
    const bound = this.registry.find(process.workflow, process.workflowVersion);
    if (!bound) throw unknownWorkflow(process);
    const change = decideOn(bound, standing, tell({ process, context, bound }), null, this.clock.now().getTime());
    return { process: change?.process ?? process, change };
  }
}
