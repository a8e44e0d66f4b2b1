/**
 * The only path by which a process changes: gather what has come for it, read it, decide, commit, tell.
 *
 *   apply ─▶ pending ─▶ drain: [known or loaded] ─▶ transition, event by event ─▶ one record ─▶ commit
 *                         ▲                                                                      │
 *                         └───────── somebody was faster: read again, decide again ◀─────────────┤
 *                                                                   listeners, answers ◀─────────┘
 *
 * Events of one process are decided one after the other here, so one record of a process is under way at a time; between
 * instances the revision decides.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Change } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { ProcessState } from '../core/process.js';
import { StoreUnavailableError } from '../values/errors.js';
import type { Rejection } from '../store/port.js';
import type { PendingWork } from '../values/pending-work.js';
import { unknownBound } from '../workflows/bound-workflow.js';
import type { Clock } from '../values/clock.js';
import type { GroupCommit } from './group-commit.js';
import type { BatchLoader } from './batch-loader.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import { type Read, readFor } from './process-reader.js';
import { answer, decideRound, errorOf, readAndDecide, type Round, unknownWorkflow } from './decide.js';
import { type Applied, type Pending, ProcessCache } from './process-cache.js';

const LARGEST_DRAIN = 64;
const PATIENCE_TRIES = 6;
const LONGEST_PAUSE_MS = 5000;

export class ProcessWriter {
  readonly seats = new Map<string, ProcessCache>();
  private readonly listeners: ((change: Change, seat: ProcessCache) => void)[] = [];
  private readonly lookers: ((seat: ProcessCache, process: ProcessState) => void)[] = [];
  private closed = false;

  constructor(
    private readonly committer: GroupCommit,
    private readonly loader: BatchLoader,
    private readonly registry: WorkflowRegistry,
    private readonly clock: Clock,
    private readonly activity: PendingWork,
    /** The worker that takes what can run; null: this instance runs nothing. */
    private readonly worker: () => string | null,
  ) {}

  /** Called after each commit of ours, in the order of the commits of a process. */
  afterCommit(listener: (change: Change, seat: ProcessCache) => void): void {
    this.listeners.push(listener);
  }

  /** Called when a process has been read, and nothing of it changed here. */
  afterLook(looker: (seat: ProcessCache, process: ProcessState) => void): void {
    this.lookers.push(looker);
  }

  /** Applies an event. Null: there is no such process. */
  apply(id: string, pending: Omit<Pending, 'resolve' | 'reject'>): Promise<Applied | null> {
    const seat = this.seatOf(id);
    return new Promise((resolve, reject) => {
      seat.pending.push({ ...pending, resolve, reject });
      if (this.closed) this.giveUp(seat);
      this.wake(seat);
    });
  }

  seatOf(id: string): ProcessCache {
    let seat = this.seats.get(id);
    if (!seat) this.seats.set(id, (seat = new ProcessCache(id)));
    return seat;
  }

  /** Who still waits for something to be recorded is told that it was not: a request that hung would keep the application from closing. */
  close(): void {
    this.closed = true;
    for (const seat of this.seats.values()) this.giveUp(seat);
  }

  private giveUp(seat: ProcessCache): void {
    for (const { reject } of seat.pending.splice(0)) reject(new StoreUnavailableError(seat.id, 'the application shuts down'));
  }

  wake(seat: ProcessCache): void {
    if (seat.draining || seat.pending.length === 0) return;
    seat.draining = true;
    this.activity.during(() => this.drain(seat));
  }

  private async drain(seat: ProcessCache): Promise<void> {
    for (let failures = 0; seat.pending.length > 0 && !this.closed;) {
      const batch = seat.pending.splice(0, seat.alone-- > 0 ? 1 : LARGEST_DRAIN);
      try {
        await this.round(seat, batch);
        failures = 0;
      } catch (error) {
        await this.recover(seat, batch, error, ++failures);
      }
    }
    seat.draining = false;
    if (this.closed) this.giveUp(seat);
    this.leave(seat);
  }

  private async round(seat: ProcessCache, batch: readonly Pending[]): Promise<void> {
    const waits = batch.flatMap((pending) => pending.waits);
    const messages = batch.flatMap((pending) => pending.messages);
    const made = await readAndDecide(waits, (wanted) => readFor(seat, wanted, messages, this.loader), (standing) => this.decide(batch, standing)); // prettier-ignore
    if (!made) return batch.forEach(({ resolve }) => resolve(null));
    const { round, standing } = made;
    if (!round) return batch.forEach(({ reject }) => reject(unknownWorkflow(standing.process)));
    if (!round.total) return this.nothingApplied(seat, batch, round, standing);
    const rejection = await this.committer.commit(round.total);
    if (rejection) return this.rejected(seat, batch, rejection);
    this.committed(seat, round.total, round.known.context);
    answer(round.decided);
  }

  private decide(batch: readonly Pending[], standing: Read): { standing: Read; round: Round | null } {
    const { workflow, workflowVersion } = standing.process;
    const unbound = batch.every((pending) => pending.unbound) ? unknownBound(workflow, workflowVersion) : undefined;
    const bound = this.registry.find(workflow, workflowVersion) ?? unbound;
    const versions = (version: number) => this.registry.find(workflow, version);
    return { standing, round: bound ? decideRound(bound, standing, batch, this.worker(), this.now(), versions) : null };
  }

  /** A commit of ours, and the values after it: whoever listens can go on without reading anything. */
  committed(seat: ProcessCache, change: Change, context: JsonObject): void {
    seat.known = { process: change.process, context };
    seat.losses = 0;
    for (const listener of this.listeners) listener(change, seat);
    this.leave(seat);
  }

  /** A commit that went through a transaction. Without the values the process has to be read before it can go on. */
  committedElsewhere(change: Change, context: JsonObject | null): void {
    const seat = this.seatOf(change.process.id);
    seat.changes++;
    seat.known = context && { process: change.process, context };
    for (const listener of this.listeners) listener(change, seat);
    this.leave(seat);
  }

  /** Memory is for processes this worker has to do with. */
  leave(seat: ProcessCache): void {
    const held = seat.known?.process.worker && seat.known.process.worker === this.worker();
    if (seat.isIdle && !held && this.seats.get(seat.id) === seat) this.seats.delete(seat.id);
  }

  /** A commit is guarded by its revision; that nothing applies must not be said of a state that others have changed since. */
  private nothingApplied(seat: ProcessCache, batch: readonly Pending[], { decided, known }: Round, { remembered, changes }: Read): void {
    if (remembered) {
      seat.known = null;
      return void seat.pending.unshift(...batch);
    }
    if (seat.changes === changes) this.seen(seat, known);
    answer(decided);
  }

  private seen(seat: ProcessCache, known: Round['known']): void {
    seat.known = known;
    for (const looker of this.lookers) looker(seat, known.process);
  }

  private rejected(seat: ProcessCache, batch: readonly Pending[], rejection: Rejection): Promise<void> | void {
    return rejection.reason === 'stale' ? this.again(seat, batch) : this.refuse(seat, batch, rejection);
  }

  /** Somebody was faster: the same events meet the process as it is now. */
  private async again(seat: ProcessCache, batch: readonly Pending[]): Promise<void> {
    seat.known = null;
    seat.pending.unshift(...batch);
    if (++seat.losses > 2) await pause(Math.random() * Math.min(2 ** seat.losses, 100));
  }

  /** Of several events of one record, only the one that cannot be stored is refused: they are tried again one by one. */
  private refuse(seat: ProcessCache, batch: readonly Pending[], rejection: Rejection): void {
    seat.known = null;
    if (batch.length === 1) return batch[0]!.reject(errorOf(rejection));
    seat.alone = batch.length;
    seat.pending.unshift(...batch);
  }

  /** Nobody knows whether it was done: read and decide again. What was done shows as no longer applying. */
  private async recover(seat: ProcessCache, batch: readonly Pending[], error: unknown, failures: number): Promise<void> {
    seat.known = null;
    const unreadable = error instanceof SyntaxError; // its row: no other try will help
    const stay = batch.filter((pending) => !unreadable && (pending.patient || failures < PATIENCE_TRIES));
    for (const pending of batch) if (!stay.includes(pending)) pending.reject(new StoreUnavailableError(seat.id, error));
    seat.pending.unshift(...stay);
    if (stay.length > 0) await pause(Math.min(2 ** failures * 20, LONGEST_PAUSE_MS));
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
