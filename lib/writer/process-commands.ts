import type { CallOptions } from './call-options.js';
import type { Applied, ApplyOptions, NewEvent, PendingEvent } from './pending-event.js';
import type { ProcessWriter } from './process-writer.js';
import { type TransactionParts, TransactionTarget, type TransactionUse } from './transaction-target.js';
import type { WritePath } from './write-path.js';

/**
 * Applies events of people and messages: through the writer, or inside the transaction of the caller if there is one. There the
 * engine itself commits nothing and claims nothing; steps that can run wait for the commit.
 */
export class ProcessCommands {
  /** The last call in each transaction: the next call waits for it, and builds on its changes. */
  private readonly turns = new WeakMap<object, Promise<unknown>>();

  constructor(
    private readonly writer: ProcessWriter,
    private readonly path: WritePath,
    private readonly parts: TransactionParts,
  ) {}

  /** Applies an event. Null: there is no such process. */
  apply(id: string, event: NewEvent, { manager, actor, reason, once }: CallOptions & Pick<ApplyOptions, 'once'> = {}): Promise<Applied | null> {
    if (manager === undefined) return this.writer.apply(id, event, { actor, reason, ...(once && { once }) });
    const use = { manager, ...(event.type === 'started' && { isNew: true }) };
    return this.inTurn(manager, () => this.applyWithin(id, event, { actor, reason }, use));
  }

  /** Applies an event inside a transaction, for example the outcome of a transactional step. */
  applyWithin(id: string, event: NewEvent, options: PendingEvent['options'], use: TransactionUse): Promise<Applied | null> {
    const target = new TransactionTarget(this.parts, id, use);
    return new Promise((resolve, reject) => this.path.write(target, [{ event, options, resolve, reject }]));
  }

  private inTurn(manager: unknown, work: () => Promise<Applied | null>): Promise<Applied | null> {
    if (typeof manager !== 'object' || manager === null) return work(); // the store will say what is wrong with it
    const turn = (this.turns.get(manager) ?? Promise.resolve()).then(work);
    this.turns.set(manager, turn.catch(() => {})); // prettier-ignore
    return turn;
  }
}
