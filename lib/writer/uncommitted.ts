import { after, type Change, waitsAfter } from '../core/change.js';
import { isFinished, type ProcessState, type WaitState } from '../core/process.js';
import type { ProcessStore } from '../store/process-store.js';
import { type Standing, valuesAfter } from './decide.js';

/** What open transactions of the application have made of each process so far, oldest first. */
export class Uncommitted {
  private readonly byTransaction = new WeakMap<object, Change[]>();

  constructor(
    private readonly store: ProcessStore,
    /** Tells everybody of a change when it has been committed. */
    private readonly announce: (change: Change) => void,
  ) {}

  /** Until the transaction has ended, or the savepoint it was made in is rolled back. */
  add(transaction: unknown, change: Change): void {
    const made = this.of(transaction);
    const forget = () => void made.splice(made.indexOf(change), 1);
    const committed = () => {
      forget();
      this.announce(change);
    };
    made.push(change);
    this.store.afterCommit(transaction, committed, forget);
  }

  /** The process as the transaction sees it; `read`: as all others do. */
  onTop(transaction: unknown, id: string, read: Standing | null): Standing | null {
    let standing = read;
    for (const change of this.of(transaction)) {
      if (change.process.id !== id || change.expected !== (standing?.process.revision ?? null)) continue;
      const before = standing ?? { process: change.process, waits: new Map(), messages: new Map(), context: {} };
      standing = { ...after(before, change), context: valuesAfter(before.context, change) };
    }
    return standing;
  }

  /** The newest of what it has made that is meant. */
  newest(transaction: unknown, isMeant: (process: ProcessState) => boolean): ProcessState | undefined {
    const newest = new Map(this.of(transaction).map(({ process }) => [process.id, process]));
    const meant = [...newest.values()].filter(isMeant);
    return meant.findLast(({ status }) => !isFinished(status)) ?? meant.at(-1);
  }

  /** What a process waits for in it. */
  waits(transaction: unknown, id: string, read: readonly WaitState[]): readonly WaitState[] {
    let waits: ReadonlyMap<string, WaitState> = new Map(read.map((wait) => [wait.key, wait]));
    for (const { process, waits: made } of this.of(transaction)) if (process.id === id) waits = waitsAfter(waits, made);
    return [...waits.values()];
  }

  private of(transaction: unknown): Change[] {
    if (typeof transaction !== 'object' || transaction === null) return [];
    if (!this.byTransaction.has(transaction)) this.byTransaction.set(transaction, []);
    return this.byTransaction.get(transaction)!;
  }
}
