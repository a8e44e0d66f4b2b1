import { Logger } from '@nestjs/common';
import type { StoredBulk, StoredBulkItem } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock, Timers } from '../values/clock.js';
import { reasonOf } from '../values/reason.js';
import type { PendingWork } from '../values/pending-work.js';
import type { BulkActions, BulkOutcome } from './bulk-actions.js';

/** How many are done at the same time. */
const AT_ONCE = 20;
/** How many runs are looked at. */
const MOST_RUNS = 50;
const MINUTE_MS = 60_000;

/** The parts that working on bulk runs needs. */
export interface BulkWorkerParts {
  readonly store: ProcessStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly worker: string;
  readonly activity: PendingWork;
  readonly actions: BulkActions;
  /** After so long without a sign of life of the instance that works on a run, another one goes on. */
  readonly holdMs: number;
  /** False: this instance runs nothing, or has stopped. */
  readonly works: () => boolean;
}

/**
 * Works on bulk runs: one instance at a time on each, a batch after the other. Before an action its item is written as begun, and afterwards with
 * its outcome; so the next instance knows what it has to look at again after a crash.
 */
export class BulkWorker {
  private readonly logger = new Logger('Workflow');
  /** The runs that this instance works on. */
  private readonly working = new Set<string>();

  constructor(private readonly parts: BulkWorkerParts) {}

  /** Takes the runs that no instance works on. */
  async look(): Promise<void> {
    if (!this.parts.works()) return;
    for (const run of await this.parts.store.operating.bulks({ state: 'running', limit: MOST_RUNS }))
      if (!this.working.has(run.id) && (run.heldUntil <= this.now() || run.holder === this.parts.worker)) this.parts.activity.during(() => this.work(run));
  }

  private async work(run: StoredBulk): Promise<void> {
    this.working.add(run.id);
    let waits = false;
    try {
      const taken = await this.keep(run, {});
      if (taken?.state === 'running') await this.lookAgain(taken).then((looked) => (waits = looked !== null && this.goesOn(looked)));
    } catch (error) {
      this.tellOfInterruption(run, error);
    } finally {
      if (!waits) this.working.delete(run.id);
    }
  }

  /** The instance before may have ended between an action and its outcome. Null: another one has the run. */
  private async lookAgain(run: StoredBulk): Promise<StoredBulk | null> {
    if (run.cursor === null && run.done + run.failed + run.skipped === 0 && run.revision <= 2) return run;
    for (let after = ''; ;) {
      const items = await this.parts.store.operating.bulkItems(run.id, { after, limit: 500 });
      await this.act(run, items.filter(({ outcome }) => outcome === 'begun'), true); // prettier-ignore
      if (items.length < 500) break;
      after = items.at(-1)!.id;
    }
    const counts = await this.parts.store.operating.bulkCounts(run.id);
    return this.keep(run, { done: counts.get('done') ?? 0, failed: counts.get('failed') ?? 0, skipped: counts.get('skipped') ?? 0 });
  }

  /** Goes on with the next batch, now or when the rate allows it. True: it does. */
  private goesOn(run: StoredBulk): boolean {
    if (run.state !== 'running') return false;
    this.parts.activity.during(() => this.batch(run));
    return true;
  }

  private async batch(run: StoredBulk): Promise<void> {
    let next: StoredBulk | null = null;
    try {
      next = this.parts.works() ? await this.doBatch(run) : null;
    } catch (error) {
      this.tellOfInterruption(run, error);
    }
    if (next?.state !== 'running') return void this.working.delete(run.id);
    const waitMs = next.perMinute === null ? 0 : ((lookedAt(next) - lookedAt(run)) * MINUTE_MS) / next.perMinute;
    this.rest(next, waitMs);
  }

  private tellOfInterruption({ id }: StoredBulk, error: unknown): void {
    this.logger.warn(`The bulk run ${id} was interrupted, and goes on with a later sweep: ${reasonOf(error)}`);
  }

  /** Holds the run meanwhile. */
  private rest(run: StoredBulk, waitMs: number): void {
    if (waitMs <= 0) return void this.goesOn(run);
    const part = Math.min(waitMs, this.parts.holdMs / 3);
    const holdOn = async () => {
      const held = await this.keep(run, {}).catch(() => null); // people may have stopped it meanwhile
      if (held?.state === 'running') this.rest(held, waitMs - part);
      else this.working.delete(run.id);
    };
    this.parts.timers.after(part, () => this.parts.activity.during(holdOn));
  }

  private async doBatch(run: StoredBulk): Promise<StoredBulk | null> {
    const room = Math.min(AT_ONCE, run.perMinute ?? AT_ONCE, (run.limit ?? Infinity) - lookedAt(run), Math.ceil((run.perMinute ?? Infinity) / 60));
    if (room <= 0) return this.keep(run, { state: 'done' });
    const { items, next } = await this.parts.actions.page(run, run.cursor, room);
    const ids = items.map(({ id }) => id);
    const known = new Set((ids.length === 0 ? [] : await this.parts.store.operating.bulkItems(run.id, { ids, limit: ids.length })).map(({ id }) => id));
    const outcomes = await this.act(run, await this.begin(run, ids.filter((id) => !known.has(id))), false); // prettier-ignore
    const count = (which: BulkOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === which).length;
    const counts = { done: run.done + count('done'), failed: run.failed + count('failed'), skipped: run.skipped + count('skipped') };
    return this.keep(run, { ...counts, cursor: next ?? run.cursor, ...(next === null && { state: 'done' as const }) });
  }

  private async begin(run: StoredBulk, ids: readonly string[]): Promise<readonly StoredBulkItem[]> {
    const items = ids.map((id): StoredBulkItem => ({ bulkId: run.id, id, outcome: 'begun', error: null, at: this.now() }));
    this.checkHold(run);
    await this.parts.store.operating.putBulkItems(items);
    return items;
  }

  private async act(run: StoredBulk, begun: readonly StoredBulkItem[], again: boolean): Promise<readonly BulkOutcome[]> {
    this.checkHold(run);
    const outcomes = await allEnded(begun.map((item) => this.actOn(run, item, again)));
    await this.parts.store.operating.putBulkItems(begun.map((item, i) => ({ ...item, ...outcomes[i]!, at: this.now() })));
    return outcomes;
  }

  private async actOn(run: StoredBulk, { id, at }: StoredBulkItem, again: boolean): Promise<BulkOutcome> {
    this.checkHold(run);
    if (again && (await this.parts.actions.hasDone(run, id, at))) return { outcome: 'done', error: null };
    return this.parts.actions.act(run, id, at);
  }

  private checkHold(run: StoredBulk): void {
    if (run.heldUntil <= this.now()) throw new Error('this instance was too slow, so another one may have gone on');
  }

  /** Writes the run with this instance as its holder. Null: another instance has it. What people have changed meanwhile stays; an erasure may have cleared the place. */
  private async keep(run: StoredBulk, changes: Partial<StoredBulk>): Promise<StoredBulk | null> {
    for (let stored: StoredBulk | undefined = run; stored; [stored] = await this.parts.store.operating.bulks({ id: run.id, limit: 1 })) {
      if (stored !== run && stored.holder !== this.parts.worker) return null;
      const state = stored.state === 'running' ? (changes.state ?? 'running') : stored.state;
      const cursor = stored.state === 'running' ? (changes.cursor ?? stored.cursor) : stored.cursor;
      const next = { ...stored, ...changes, cursor, ...this.heldBy(state), revision: stored.revision + 1 };
      if (await this.parts.store.operating.keepBulk(next, stored.revision)) return next;
    }
    return null;
  }

  /** Nothing of a run is written after the change that says that it has ended, so this instance does not hold it any more. */
  private heldBy(state: StoredBulk['state']): Pick<StoredBulk, 'state' | 'holder' | 'heldUntil' | 'finishedAt'> {
    const now = this.now();
    const runs = state === 'running';
    return { state, holder: this.parts.worker, heldUntil: runs ? now + this.parts.holdMs : now, finishedAt: runs ? null : now };
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}

/** Rejects only when all have ended: what is looked at again must not be under way any more, or it could be done twice. */
async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

function lookedAt({ done, failed, skipped }: StoredBulk): number {
  return done + failed + skipped;
}
