import { StoreUnavailableError } from '../values/errors.js';
import type { ProcessStore } from '../store/process-store.js';
import { unknownBound } from '../workflows/bound-workflow.js';
import type { Clock } from '../values/clock.js';
import type { BatchLoader } from './batch-loader.js';
import type { ProcessWriter } from './process-writer.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { decideOn, errorOf, readAndDecide, snapshotOf, type Standing, underVersion, unknownWorkflow } from './decide.js';
import type { Applied, Pending } from './process-cache.js';
import type { Uncommitted } from './uncommitted.js';

/** Who does something, why, and in whose transaction. */
export interface CallOptions {
  readonly actor?: string;
  readonly reason?: string;
  readonly manager?: unknown;
}

type Telling = Pick<Pending, 'tell' | 'waits' | 'messages' | 'unbound'>;

const MOST_LOSSES = 10;

/**
 * Does what people and messages ask for: through the writer, or where the caller has a transaction, inside that. There, the
 * engine commits nothing itself and takes nothing; what can run then waits for the commit.
 */
export class ProcessCommands {
  /** The last call in each transaction. */
  private readonly turns = new WeakMap<object, Promise<unknown>>();

  constructor(
    readonly writer: ProcessWriter,
    private readonly store: ProcessStore,
    private readonly loader: BatchLoader,
    private readonly registry: WorkflowRegistry,
    private readonly clock: Clock,
    readonly uncommitted: Uncommitted,
  ) {}

  tell(id: string, pending: Telling, { manager, actor, reason }: CallOptions): Promise<Applied | null> {
    const who = { ...(actor !== undefined && { actor }), ...(reason !== undefined && { reason }) };
    const signed: typeof pending = { ...pending, tell: (standing) => ({ ...pending.tell(standing), ...who }) };
    return manager === undefined ? this.writer.apply(id, { ...signed, patient: false }) : this.tellWithin(manager, id, signed);
  }

  /** One after the other in each transaction: the next builds on what this one makes. */
  private tellWithin(manager: unknown, id: string, pending: Telling): Promise<Applied | null> {
    if (typeof manager !== 'object' || manager === null) return this.tellNow(manager, id, pending); // the store says what is wrong with it
    const told = (this.turns.get(manager) ?? Promise.resolve()).then(() => this.tellNow(manager, id, pending));
    this.turns.set(manager, told.catch(() => {})); // prettier-ignore
    return told;
  }

  private async tellNow(manager: unknown, id: string, pending: Telling): Promise<Applied | null> {
    for (let losses = 0; ; losses++) {
      const made = await this.decide(manager, id, pending);
      if (!made?.change) return made;
      const rejection = await this.store.commitWithin(manager, made.change);
      if (!rejection) {
        this.uncommitted.add(manager, made.change);
        return made;
      }
      if (rejection.reason !== 'stale') throw errorOf(rejection);
      if (losses === MOST_LOSSES) throw new StoreUnavailableError(id, rejection.error ?? 'too many others change it at the same time');
    }
  }

  private async decide(manager: unknown, id: string, { waits, messages, ...telling }: Telling): Promise<Applied | null> {
    const read = async (wanted: readonly string[]) => {
      const loaded = await this.loader.load({ id, waits: wanted, messages, context: true });
      return this.uncommitted.onTop(manager, id, loaded && snapshotOf(loaded, wanted));
    };
    return readAndDecide(waits, read, (standing) => this.decideOn(standing, telling));
  }

  private decideOn(standing: Standing, { tell, unbound }: Pick<Pending, 'tell' | 'unbound'>): Applied {
    const { process, context } = standing;
    const { workflow, workflowVersion } = process;
    const bound = this.registry.find(workflow, workflowVersion) ?? (unbound ? unknownBound(workflow, workflowVersion) : undefined);
    if (!bound) throw unknownWorkflow(process);
    const told = tell({ process, context, bound });
    const under = underVersion(bound, told, (version) => this.registry.find(workflow, version));
    const change = decideOn(under, standing, told, null, this.clock.now().getTime());
    return { process: change?.process ?? process, change };
  }
}
