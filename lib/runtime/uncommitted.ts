import { after, type Change, joined, waitsAfter } from '../core/change.js';
import { isFinished, type ProcessState, type WaitState } from '../core/process.js';
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

  /** The process as the transaction sees it; `read`: as all others do. That may be newer: then there is nothing to put on top. */
  onTop(transaction: unknown, id: string, read: Standing | null): Standing | null {
    const change = this.of(transaction)?.get(id);
    if (!change || change.expected !== (read?.process.revision ?? null)) return read;
    const before = read ?? { process: change.process, waits: new Map(), messages: new Map(), context: {} };
    return { ...after(before, change), context: valuesAfter(before.context, change) };
  }

  /** A live process that it has started. */
  started(transaction: unknown, isMeant: (process: ProcessState) => boolean): ProcessState | undefined {
    const begun = [...(this.of(transaction)?.values() ?? [])].filter(({ expected }) => expected === null);
    return begun.map(({ process }) => process).find((process) => !isFinished(process.status) && isMeant(process));
  }

  /** What a process waits for in it. */
  waits(transaction: unknown, id: string, read: readonly WaitState[]): readonly WaitState[] {
    const change = this.of(transaction)?.get(id);
    return change ? [...waitsAfter(new Map(read.map((wait) => [wait.key, wait])), change.waits).values()] : read;
  }

  private of(transaction: unknown): Map<string, Change> | undefined {
    if (typeof transaction !== 'object' || transaction === null) return undefined;
    if (!this.byTransaction.has(transaction)) this.byTransaction.set(transaction, new Map());
    return this.byTransaction.get(transaction);
  }
}
