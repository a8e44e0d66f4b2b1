import { after, type Change, joined } from '../core/change.js';
import { type Standing, valuesAfter } from './round.js';

/** What a transaction of the application has made of each process so far. Nobody else sees it, also not who reads for the next call in it. */
export class Uncommitted {
  private readonly byTransaction = new WeakMap<object, Map<string, Change>>();

  add(transaction: unknown, change: Change): void {
    const made = this.of(transaction);
    const { id } = change.process;
    const before = made?.get(id);
    made?.set(id, before && before.process.revision === change.expected ? joined(before, change) : change);
  }

  /** It was rolled back to a savepoint, or this is another transaction of the same name. */
  forget(transaction: unknown, id: string): void {
    this.of(transaction)?.delete(id);
  }

  /** The process as the transaction sees it. What was read may be newer: then there is nothing to put on top. */
  onTop(transaction: unknown, read: Standing): Standing {
    const change = this.of(transaction)?.get(read.process.id);
    if (change?.expected !== read.process.revision) return read;
    return { ...after(read, change), context: valuesAfter(read.context, change) };
  }

  private of(transaction: unknown): Map<string, Change> | undefined {
    if (typeof transaction !== 'object' || transaction === null) return undefined;
    if (!this.byTransaction.has(transaction)) this.byTransaction.set(transaction, new Map());
    return this.byTransaction.get(transaction);
  }
}
