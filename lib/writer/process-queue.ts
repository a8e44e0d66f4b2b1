import type { Change } from '../core/change.js';
import { isUnclaimed } from '../core/process.js';
import { NotWrittenError } from '../store/not-written.js';
import { appended } from '../values/appended.js';
import { StoreUnavailableError } from '../values/errors.js';
import type { JsonObject } from '../values/json.js';
import type { ClaimHold } from './claim-limit.js';
import { type KnownProcess, type ProcessReading, readingOf } from './decide.js';
import type { CommitAnswer } from './group-commit.js';
import type { PendingEvent } from './pending-event.js';
import type { QueueParts } from './queue-parts.js';
import type { CommitTarget } from './commit-target.js';
import { isUnreadable, leaveUnreadable } from './unreadable.js';
import { WriteRetries } from './write-retries.js';

const LARGEST_BATCH = 64;

/**
 * The events of one process, decided one batch after the other and committed with those of other processes. Also keeps the newest
 * known state, which may be dropped at any time, because the row is the truth.
 */
export class ProcessQueue implements CommitTarget {
  /** Null: there is no such process; undefined: it has to be read. */
  private newest: KnownProcess | null | undefined;
  private pending: PendingEvent[] = [];
  private isWriting = false;
  private isClosed = false;
  private wasRemembered = false;
  /** Counts commits that did not go through this queue. A state that was read before such a commit may be older than it. */
  private commitsElsewhere = 0;
  private commitsWhenRead = 0;
  private readonly retries = new WriteRetries();

  /** Says whether the process counts as held by this worker. */
  readonly hold: ClaimHold;

  constructor(
    readonly id: string,
    private readonly parts: QueueParts,
    private readonly ended: (queue: ProcessQueue) => void,
  ) {
    this.hold = parts.limit.holdOf(id);
  }

  get known(): KnownProcess | null {
    return this.newest ?? null;
  }

  get isIdle(): boolean {
    return !this.isWriting && this.pending.length === 0;
  }

  /** Assumes that no process has this id, so that nothing is read for it. */
  assumeNew(): void {
    if (this.isIdle && this.newest === undefined) this.newest = null;
  }

  add(event: PendingEvent): void {
    this.pending = appended(this.pending, event);
    if (!this.isWriting) this.parts.inRoot(this.startDrain);
  }

  /**
   * Refuses waiting events, because a request that hangs would keep the application from closing. Later events are tried once; no
   * worker here takes the process.
   */
  close(): void {
    this.isClosed = true;
    for (const pending of this.pending.splice(0)) pending.reject(this.shuttingDown());
  }

  /** Drops the known state, because it may be old. */
  forget(): void {
    this.newest = undefined;
  }

  /** Takes over a commit that was made in a transaction. */
  committedElsewhere(change: Change, context: JsonObject | null): void {
    this.commitsElsewhere++;
    this.newest = context ? { process: change.process, context } : undefined;
    if (this.isOurs(change)) this.hold.take();
    if (isUnclaimed(change.process.worker) && this.parts.worker() !== null && !this.hold.hasRoom) this.parts.limit.backlogIs(true);
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
    this.parts.path.write(this, batch);
  }

  /** The events of a batch have their answers, or were taken back. */
  written(): void {
    if (this.pending.length > 0) return this.writeNext();
    this.isWriting = false;
    this.parts.activity.end();
    this.ended(this);
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
    return this.hold.hasRoom;
  }

  /** Returns the known state at once, if there is one and the events need no waits and no messages. */
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
    this.forget(); // another writer has changed it
    return this.readStored(waits, messages);
  }

  commit(change: Change, answer: CommitAnswer): void {
    if (this.isOurs(change)) this.hold.take(); // counts from the decision on: other processes are decided before this is committed
    this.parts.commits.commit(change, answer);
  }

  committed(change: Change, known: KnownProcess): void {
    this.newest = known;
    this.retries.reset();
    if (isUnclaimed(change.process.worker) && this.parts.worker() !== null) this.parts.limit.backlogIs(true);
    this.parts.follower.committed(change, this.newest);
  }

  /** No revision guards the answer that nothing applied, so that answer is given only for a state just read from the store. */
  seen(known: KnownProcess | null): boolean {
    if (this.wasRemembered) this.forget();
    else if (known === null) this.forget();
    else if (this.commitsElsewhere === this.commitsWhenRead) {
      this.retries.answered();
      this.newest = { process: known.process, context: known.context };
      if (this.isOurs(known)) this.hold.take();
      this.parts.follower.seen(this.newest);
    }
    return !this.wasRemembered;
  }

  refused(): void {
    this.forget();
  }

  overtaken(): Promise<void> | void {
    this.forget();
    return this.retries.lost();
  }

  /** Has the events read and decided again. An event that was stored after all then no longer applies. */
  async failed(batch: readonly PendingEvent[], error: unknown): Promise<void> {
    this.forget();
    this.retries.failed();
    const cannotParse = error instanceof SyntaxError; // its row cannot be parsed: no other try will help
    const isSpent = this.retries.isSpent || error instanceof NotWrittenError || isUnreadable(error);
    leaveUnreadable(this.parts.path.registry, this.id, error);
    const stays = ({ options }: PendingEvent) => !cannotParse && !this.isClosed && !options.once && (options.patient === true || !isSpent);
    for (const pending of batch) if (!stays(pending)) pending.reject(this.isClosed ? this.shuttingDown() : unavailable(this.id, error));
    this.pending.unshift(...batch.filter(stays));
    if (this.pending.length > 0) await this.retries.pause();
  }
}

function unavailable(id: string, error: unknown): StoreUnavailableError {
  return new StoreUnavailableError(error instanceof StoreUnavailableError && error.cause !== undefined ? error.cause : error, id);
}

const NO_ROWS: ReadonlyMap<string, never> = new Map<string, never>();
const NOTHING_ASKED: ReadonlySet<string> = new Set<string>();
