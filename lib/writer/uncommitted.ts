import { type Change, waitsAfter } from '../core/change.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { WaitState } from '../core/wait.js';
import type { CommitStore } from '../store/commit-store.js';
import type { JsonObject } from '../values/json.js';
import { afterChange, type ProcessReading } from './decide.js';

/** The changes that open transactions have made to processes so far, oldest first. */
export class Uncommitted {
  private readonly byTransaction = new WeakMap<object, Change[]>();

  constructor(
    private readonly commits: CommitStore<unknown>,
    /** Called with a change when its transaction has committed. `context`: the values after it, if they are known. */
    private readonly committed: (change: Change, context: JsonObject | null) => void,
  ) {}

  /** Remembers a change until the transaction has ended, or the savepoint it was made in is rolled back. */
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

  /** The process as the transaction sees it. `read`: the committed process. */
  onTop(transaction: unknown, id: string, read: ProcessReading | null): ProcessReading | null {
    let reading = read;
    for (const change of this.of(transaction)) {
      if (change.process.id === id && change.expected === (reading?.process.revision ?? null)) reading = afterChange(reading, change);
    }
    return reading;
  }

  /** The newest process that the transaction changed and that matches, live ones first. */
  newest(transaction: unknown, isMeant: (process: ProcessState) => boolean): ProcessState | undefined {
    const newest = new Map(this.of(transaction).map(({ process }) => [process.id, process]));
    const meant = [...newest.values()].filter(isMeant);
    return meant.findLast(({ status }) => !isFinished(status)) ?? meant.at(-1);
  }

  /** The waits of a process as the transaction sees them. `read`: the committed waits. */
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
