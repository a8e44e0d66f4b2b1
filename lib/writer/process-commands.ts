import type { CallOptions } from './call-options.js';
import type { Applied, NewEvent, PendingEvent } from './pending-event.js';
import type { ProcessWriter } from './process-writer.js';
import { type TransactionParts, TransactionTarget, type TransactionUse } from './transaction-target.js';
import type { WritePath } from './write-path.js';

/**
 * Does what people and messages ask for: through the writer, or where the caller has a transaction, inside that. There the engine
 * commits nothing itself and takes nothing; what can run then waits for the commit.
 */
export class ProcessCommands {
  /** The last call in each transaction: the next builds on what it makes. */
  private readonly turns = new WeakMap<object, Promise<unknown>>();

  constructor(
    private readonly writer: ProcessWriter,
    private readonly path: WritePath,
    private readonly parts: TransactionParts,
  ) {}

  /** Applies an event. Null: there is no such process. */
  apply(id: string, event: NewEvent, { manager, actor, reason }: CallOptions = {}): Promise<Applied | null> {
    if (manager === undefined) return this.writer.apply(id, event, { actor, reason });
    const use = { manager, ...(event.type === 'started' && { isNew: true }) };
    return this.inTurn(manager, () => this.applyWithin(id, event, { actor, reason }, use));
  }

  /** The outcome of a transactional step, inside its transaction. */
  applyWithin(id: string, event: NewEvent, options: PendingEvent['options'], use: TransactionUse): Promise<Applied | null> {
    const target = new TransactionTarget(this.parts, id, use);
    return new Promise((resolve, reject) => void this.path.write(target, [{ event, options, resolve, reject }]));
  }

  private inTurn(manager: unknown, work: () => Promise<Applied | null>): Promise<Applied | null> {
    if (typeof manager !== 'object' || manager === null) return work(); // the store says what is wrong with it
    const turn = (this.turns.get(manager) ?? Promise.resolve()).then(work);
    this.turns.set(manager, turn.catch(() => {})); // prettier-ignore
    return turn;
  }
}
