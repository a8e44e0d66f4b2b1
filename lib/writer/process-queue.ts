import { setTimeout as pause } from 'node:timers/promises';
import type { Change } from '../core/change.js';
import { isUnclaimed } from '../core/process.js';
import type { Rejection } from '../store/port.js';
import { StoreUnavailableError } from '../values/errors.js';
import type { JsonObject } from '../values/json.js';
import type { RunInRoot } from '../values/root-context.js';
import type { PendingWork } from '../values/pending-work.js';
import type { BatchLoader } from './batch-loader.js';
import type { ClaimLimit } from './claim-limit.js';
import type { CommitFollower } from './commit-follower.js';
import { type KnownProcess, type ProcessReading, readingOf } from './decide.js';
import type { GroupCommit } from './group-commit.js';
import type { PendingEvent } from './pending-event.js';
import type { CommitTarget, WritePath } from './write-path.js';

const LARGEST_BATCH = 64;
/** An event that others know of as well is tried so often. */
const MOST_FAILURES = 6;
const LONGEST_PAUSE_MS = 5000;
/** So often in a row others may be faster before it holds back a little. */
const LOSSES_AT_ONCE = 2;
const LONGEST_LOSS_PAUSE_MS = 100;

/** What the queues of all processes share. */
export interface QueueParts {
  readonly path: WritePath;
  readonly commits: GroupCommit;
  readonly loader: BatchLoader;
  readonly activity: PendingWork;
  /** What goes on here is not part of the request that asked for it. */
  readonly inRoot: RunInRoot;
  readonly follower: CommitFollower;
  /** This worker; null: this instance runs nothing. */
  readonly worker: () => string | null;
  readonly limit: ClaimLimit;
}

/**
 * The events of one process, decided one batch after the other and committed with those of other processes. With it the newest state
 * that is known: the row is the truth, so that may be dropped at any time.
 */
export class ProcessQueue implements CommitTarget {
  /** Null: there is no such process; undefined: it has to be read. */
  private newest: KnownProcess | null | undefined;
  private pending: PendingEvent[] = [];
  private isWriting = false;
  private isClosed = false;
  private wasRemembered = false;
  /** Commits of it that did not go through here: what was read before one may be older than it. */
  private commitsElsewhere = 0;
  private commitsWhenRead = 0;
  private losses = 0;
  private failures = 0;
  /** It counts as one that this worker holds. */
  private isHeld = false;

  constructor(
    readonly id: string,
    private readonly parts: QueueParts,
    private readonly ended: (queue: ProcessQueue) => void,
  ) {}

  get known(): KnownProcess | null {
    return this.newest ?? null;
  }

  get isIdle(): boolean {
    return !this.isWriting && this.pending.length === 0;
  }

  /** Nobody has this id, as far as is known: that need not be read. */
  assumeNew(): void {
    if (this.isIdle && this.newest === undefined) this.newest = null;
  }

  add(event: PendingEvent): void {
    this.pending.push(event);
    if (!this.isWriting) this.parts.inRoot(this.startDrain);
  }

  /**
   * Events that wait are refused: a request that hung would keep the application from closing. Those that come later are tried once;
   * nothing takes them here.
   */
  close(): void {
    this.isClosed = true;
    for (const { reject } of this.pending.splice(0)) reject(this.shuttingDown());
  }

  /** What is known of it may be old. */
  forget(): void {
    this.newest = undefined;
  }

  /** A commit that went through a transaction. */
  committedElsewhere(change: Change, context: JsonObject | null): void {
    this.commitsElsewhere++;
    this.newest = context ? { process: change.process, context } : undefined;
    if (this.isOurs(change)) this.hold();
    this.parts.inRoot(() => this.parts.follower.committed(change, this.newest ?? null));
  }

  private readonly startDrain = () => {
    this.isWriting = true;
    this.parts.activity.begin();
    this.writeNext();
  };

  private writeNext(): void {
    const batch = this.pending.length <= LARGEST_BATCH ? this.pending : this.pending.slice(0, LARGEST_BATCH);
    this.pending = this.pending.length <= LARGEST_BATCH ? [] : this.pending.slice(LARGEST_BATCH);
    void this.parts.path.write(this, batch);
  }

  /** A batch has its answers, or has been taken back. */
  written(): void {
    if (this.pending.length > 0) return this.writeNext();
    this.isWriting = false;
    this.parts.activity.end();
    this.ended(this);
  }

  /** Nothing of it is held here any more. */
  letGo(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.parts.limit.giveBack();
  }

  private hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.parts.limit.take(this.id);
  }

  private isOurs({ process }: Pick<Change, 'process'>): boolean {
    return process.worker !== null && process.worker === this.parts.worker();
  }

  private shuttingDown(): StoreUnavailableError {
    return new StoreUnavailableError('the application shuts down', this.id);
  }

  /* --------------------------------------------------------------- commit target ---- */

  worker(): string | null {
    return this.parts.worker();
  }

  hasRoom(): boolean {
    return this.isHeld || this.parts.limit.hasRoomFor(this.id);
  }

  /** From memory, and at once, while this instance has the newest state and the event is about nothing parked. */
  read(waits: readonly string[], messages: readonly string[]): Promise<ProcessReading | null> | ProcessReading | null {
    this.wasRemembered = this.newest !== undefined && waits.length + messages.length === 0;
    this.commitsWhenRead = this.commitsElsewhere;
    if (this.newest === null) return null;
    if (!this.newest || !this.wasRemembered) return this.readStored(waits, messages);
    const { process, context } = this.newest;
    return { process, context, waits: NO_ROWS, asked: NOTHING_ASKED, messages: NO_ROWS };
  }

  private async readStored(waits: readonly string[], messages: readonly string[]): Promise<ProcessReading | null> {
    const remembered = this.newest;
    const loaded = await this.parts.loader.load({ id: this.id, waits, messages, context: !remembered });
    if (!loaded) return null;
    if (!remembered) return readingOf(loaded, waits);
    if (loaded.process.revision === remembered.process.revision) return { ...readingOf(loaded, waits), ...remembered };
    this.forget(); // somebody else has changed it
    return this.readStored(waits, messages);
  }

  commit(change: Change): Promise<Rejection | null> {
    if (this.isOurs(change)) this.hold(); // from the decision on: others decide before this is committed
    return this.parts.commits.commit(change);
  }

  committed(change: Change, known: KnownProcess): void {
    this.newest = known;
    this.losses = this.failures = 0;
    if (this.isOurs(known)) this.hold();
    if (isUnclaimed(change.process.worker) && this.parts.worker() !== null) this.parts.limit.backlogIs(true);
    this.parts.follower.committed(change, this.newest);
  }

  /** A commit is guarded by its revision; that nothing applies must not be said of a state that others have changed since. */
  seen(known: KnownProcess | null): boolean {
    if (this.wasRemembered) this.forget();
    else if (known === null) this.forget();
    else if (this.commitsElsewhere === this.commitsWhenRead) {
      this.failures = 0;
      this.newest = { process: known.process, context: known.context };
      if (this.isOurs(known)) this.hold();
      this.parts.follower.seen(this.newest);
    }
    return !this.wasRemembered;
  }

  refused(): void {
    this.forget();
  }

  overtaken(): Promise<void> | void {
    this.forget();
    if (++this.losses > LOSSES_AT_ONCE) return pause(Math.random() * Math.min(2 ** this.losses, LONGEST_LOSS_PAUSE_MS));
  }

  /** Read and decided again: what was done shows as no longer applying. */
  async failed(batch: readonly PendingEvent[], error: unknown): Promise<void> {
    this.forget();
    this.failures++;
    const isUnreadable = error instanceof SyntaxError; // its row: no other try will help
    const stays = ({ options }: PendingEvent) => !isUnreadable && !this.isClosed && (options.patient === true || this.failures < MOST_FAILURES);
    for (const pending of batch) if (!stays(pending)) pending.reject(this.isClosed ? this.shuttingDown() : unavailable(this.id, error));
    this.pending.unshift(...batch.filter(stays));
    if (this.pending.length > 0) await pause(Math.min(2 ** this.failures * 20, LONGEST_PAUSE_MS));
  }
}

function unavailable(id: string, error: unknown): StoreUnavailableError {
  return new StoreUnavailableError(error instanceof StoreUnavailableError && error.cause !== undefined ? error.cause : error, id);
}

const NO_ROWS: ReadonlyMap<string, never> = new Map<string, never>();
const NOTHING_ASKED: ReadonlySet<string> = new Set<string>();
