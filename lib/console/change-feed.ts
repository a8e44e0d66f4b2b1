import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Change } from '../core/change.js';
import type { ProcessState } from '../core/process.js';
import { Engine } from '../engine/engine.js';
import { setTimeout } from '../values/timers.js';

/** A part that is told of changes. */
export interface ChangeFollower {
  /** The processes that it follows. Null: all that this instance changes, and all that are started. */
  readonly ids: ReadonlySet<string> | null;
  changed(process: ProcessState): void;
  /** The application shuts down. */
  end(): void;
}

/** How streams keep time. */
export interface StreamTimes {
  /** How often the database is asked for what other instances have done. */
  readonly pollMs: number;
  /** Changes of so long a time are told together. */
  readonly gatherMs: number;
  readonly heartbeatMs: number;
  /** A stream ends after so long, so that the guards are asked again. */
  readonly lifeMs: number;
  /** When a client comes again. */
  readonly retryMs: number;
}

/** The injection token of the times. */
export const STREAM_TIMES = Symbol('WORKFLOW_CONSOLE_TIMES');

export const USUAL_TIMES: StreamTimes = { pollMs: 2000, gatherMs: 250, heartbeatMs: 15_000, lifeMs: 900_000, retryMs: 3000 };

/** A commit may be seen later than the moment that it says, and clocks of instances differ a little. */
const OVERLAP_MS = 10_000;
const MOST_IDS = 500;
const MOST_STARTED = 100;

/**
 * Tells followers of changes: of this instance as they are committed, of others by one look at the database for all followers together.
 * Without followers it does nothing and costs nothing.
 */
@Injectable()
export class ChangeFeed implements OnModuleDestroy {
  private readonly followers = new Set<ChangeFollower>();
  /** The revision of each followed process that was told last. */
  private readonly told = new Map<string, number>();
  /** The processes whose start was told, with its time. */
  private readonly started = new Map<string, number>();
  private endObserving: (() => void) | null = null;
  private isOver = false;

  constructor(
    @Inject(Engine) private readonly engine: Engine,
    @Inject(STREAM_TIMES) private readonly times: StreamTimes,
  ) {}

  get size(): number {
    return this.followers.size;
  }

  /** False from the shutdown on. */
  get isOpen(): boolean {
    return !this.isOver;
  }

  /** The time of the store. What was committed since then is told to those who come with it. */
  get now(): number {
    return this.engine.parts.clock.now().getTime();
  }

  /**
   * Tells the follower from now on, until the returned function is called. `known`: the processes that it follows, as they were {@link read}.
   * `since`: tells it at once which of them have changed since that moment.
   */
  follow(follower: ChangeFollower, known: readonly ProcessState[], since: number | null): () => void {
    this.followers.add(follower);
    this.begin();
    for (const { id, revision } of known) this.told.set(id, Math.max(revision, this.told.get(id) ?? 0));
    if (since !== null) for (const state of known) if (state.updatedAt >= since - OVERLAP_MS) follower.changed(state);
    return () => this.leave(follower);
  }

  private leave(follower: ChangeFollower): void {
    if (!this.followers.delete(follower)) return;
    const others = this.followed();
    for (const id of follower.ids ?? []) if (!others.has(id)) this.told.delete(id);
    if (this.followers.size > 0) return;
    this.endObserving?.();
    this.endObserving = null;
    this.started.clear();
  }

  private begin(): void {
    if (this.endObserving) return;
    this.endObserving = this.engine.parts.observers.add(this);
    this.pollLater(this.endObserving);
  }

  /** @internal Called after a commit of this instance. */
  committed({ process, expected }: Change): void {
    if (expected === null) this.started.set(process.id, process.startedAt);
    this.tell(process);
  }

  private tell(process: ProcessState): void {
    const { id, revision } = process;
    if (this.told.has(id)) {
      if (this.told.get(id)! >= revision) return;
      this.told.set(id, revision);
    }
    for (const follower of this.followers) if (follower.ids === null || follower.ids.has(id)) follower.changed(process);
  }

  /* ------------------------------------------------------------- other instances ---- */

  /** Goes on as long as this time of observing. A database that is away is looked at again later. */
  private pollLater(observing: () => void): void {
    const goOn = () => {
      if (this.endObserving === observing) this.pollLater(observing);
    };
    setTimeout(() => void this.poll().then(goOn, goOn), this.times.pollMs).unref(); // the store itself logs that it is away
  }

  private async poll(): Promise<void> {
    for (const state of await this.read([...this.followed()])) this.tell(state);
    if ([...this.followers].some(({ ids }) => ids === null)) for (const state of await this.newlyStarted()) this.tell(state);
  }

  private followed(): Set<string> {
    return new Set([...this.followers].flatMap(({ ids }) => [...(ids ?? [])]));
  }

  /** Processes by their ids. */
  async read(ids: readonly string[]): Promise<ProcessState[]> {
    const found: ProcessState[] = [];
    for (let from = 0; from < ids.length; from += MOST_IDS) {
      const some = ids.slice(from, from + MOST_IDS);
      found.push(...(await this.engine.parts.store.queries.find({ ids: some, limit: some.length })));
    }
    return found;
  }

  /** By the index of starts. Each is given once. */
  private async newlyStarted(): Promise<ProcessState[]> {
    const since = this.now - OVERLAP_MS;
    for (const [id, at] of this.started) if (at < since) this.started.delete(id);
    const found = await this.engine.parts.store.queries.find({ startedAfter: since, limit: MOST_STARTED });
    const fresh = found.filter(({ id }) => !this.started.has(id));
    for (const { id, startedAt } of fresh) this.started.set(id, startedAt);
    return fresh;
  }

  onModuleDestroy(): void {
    this.isOver = true;
    for (const follower of this.followers) follower.end();
  }
}
