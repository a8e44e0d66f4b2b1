import { type Change, waitsAfter } from '../core/change.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import type { CommitStore } from '../store/commit-store.js';
import type { JsonObject } from '../values/json.js';
import { afterChange, type ProcessReading } from './decide.js';

/** What open transactions of the application have made of each process so far, oldest first. */
export class Uncommitted {
  private readonly byTransaction = new WeakMap<object, Change[]>();

  constructor(
    private readonly commits: CommitStore<unknown>,
    /** Told of a change when its transaction has committed. `context`: the values after it, if they are known. */
    private readonly committed: (change: Change, context: JsonObject | null) => void,
  ) {}

  /** Until the transaction has ended, or the savepoint it was made in is rolled back. */
  add(transaction: unknown, change: Change, context: JsonObject | null): void {
    const made = this.of(transaction);
    const forget = () => void made.splice(made.indexOf(change), 1);
    const done = () => {
      forget();
      this.committed(change, context);
    };
    made.push(change);
    this.commits.afterCommit(transaction, done, forget);
  }

  /** The process as the transaction sees it; `read`: as all others do. */
  onTop(transaction: unknown, id: string, read: ProcessReading | null): ProcessReading | null {
    let reading = read;
    for (const change of this.of(transaction)) {
      if (change.process.id === id && change.expected === (reading?.process.revision ?? null)) reading = afterChange(reading, change);
    }
    return reading;
  }

  /** The newest of what it has made that is meant. */
  newest(transaction: unknown, isMeant: (process: ProcessState) => boolean): ProcessState | undefined {
    const newest = new Map(this.of(transaction).map(({ process }) => [process.id, process]));
    const meant = [...newest.values()].filter(isMeant);
    return meant.findLast(({ status }) => !isFinished(status)) ?? meant.at(-1);
  }

  /** What a process waits for in it. */
  waits(transaction: unknown, id: string, read: readonly WaitState[]): readonly WaitState[] {
    let waits: ReadonlyMap<string, WaitState> = new Map(read.map((wait) => [wait.token.key, wait]));
    for (const { process, waits: made } of this.of(transaction)) if (process.id === id) waits = waitsAfter(waits, made);
    return [...waits.values()];
  }

  private of(transaction: unknown): Change[] {
    if (typeof transaction !== 'object' || transaction === null) return [];
    if (!this.byTransaction.has(transaction)) this.byTransaction.set(transaction, []);
    return this.byTransaction.get(transaction)!;
  }
}
