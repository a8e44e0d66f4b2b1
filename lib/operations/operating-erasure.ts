/** What bulk runs and pauses were asked for has data of people, too: in a filter, in what was put in, in a reason. */
import type { OperatingStore, StoredBulk, StoredPause } from '../store/operating-store.js';
import { BulkRunLiveError } from '../values/bulk-run-live-error.js';
import type { Clock } from '../values/clock.js';
import { setTimeout } from '../values/timers.js';
import { stopRun } from './bulk-stop.js';
import { runNames, textNames } from './subject-words.js';

const PAGE = 200;
const NOT_ENDED = 'Bulk runs about what would be erased have not ended';
/** An instance ends what it has begun of a stopped run: it is waited for so long, and asked for so often. */
const RELEASE_MS = 30_000;
const ASK_MS = 50;

/** What is erased: what names it, and the ids of its processes and messages. */
export interface ErasedOfSubject {
  readonly words: readonly string[];
  readonly ids: readonly string[];
}

/** Clears what bulk runs and pauses were asked for, where it names the subject. The rows stay, with their counts and times. */
export class OperatingErasure {
  constructor(
    private readonly store: OperatingStore,
    private readonly clock: Clock,
  ) {}

  /** The runs that name the subject, or have acted on nothing but what is erased. */
  async runsAbout({ words, ids }: ErasedOfSubject): Promise<StoredBulk[]> {
    const touched = new Set(ids.length === 0 ? [] : await this.store.bulksWith(ids));
    const found: StoredBulk[] = [];
    for await (const run of this.runs()) if (runNames(run, words) || (touched.has(run.id) && (await this.wasAboutThese(run, ids)))) found.push(run);
    return found;
  }

  /** None of these runs writes anything any more. True: some were stopped for that. @throws BulkRunLiveError */
  async quiet(runs: readonly StoredBulk[], stops: boolean): Promise<boolean> {
    const live = runs.filter((run) => this.isLive(run)).map(({ id }) => id);
    if (live.length === 0) return false;
    if (!stops) throw new BulkRunLiveError(NOT_ENDED, live, 'Stop them with bulk.stop(id), or wait for their end; or say cancel: true, which stops them');
    for (const id of live) await stopRun(this.store, id, this.now());
    await this.released(live);
    return true;
  }

  /** The items last: if this is cut off, the runs are found by them again. */
  async clear(runs: readonly StoredBulk[], { words, ids }: ErasedOfSubject): Promise<void> {
    for (const run of runs) await this.clearRun(run, words);
    await this.clearPauses(words);
    if (ids.length > 0) await this.store.forgetBulkItems(ids);
  }

  private async *runs(): AsyncIterable<StoredBulk> {
    for (let last: StoredBulk | undefined; ;) {
      const page = await this.store.bulks({ limit: PAGE, ...(last && { after: last }) });
      yield* page;
      if (page.length < PAGE) return;
      last = page.at(-1);
    }
  }

  /** If a run has acted on nothing but what is erased, its patch or input is about the subject, even if it does not name it. */
  private async wasAboutThese({ id }: StoredBulk, ids: readonly string[]): Promise<boolean> {
    const its = new Set(ids);
    return (await this.store.bulkItems(id, { limit: ids.length + 1 })).every((item) => its.has(item.id));
  }

  /** An instance that holds a stopped run writes what has become of the actions that it had begun. */
  private isLive({ state, heldUntil }: StoredBulk): boolean {
    return state === 'running' || heldUntil > this.now();
  }

  private async released(ids: readonly string[]): Promise<void> {
    let left = ids;
    for (let tries = 0; tries * ASK_MS < RELEASE_MS; tries++) {
      const runs = await Promise.all(left.map((id) => this.store.bulks({ id, limit: 1 })));
      left = runs.flat().filter((run) => this.isLive(run)).map(({ id }) => id); // prettier-ignore
      if (left.length === 0) return;
      await new Promise((resolve) => void setTimeout(resolve, ASK_MS));
    }
    throw new BulkRunLiveError(NOT_ENDED, [...left], 'They are stopped, but an instance may still have actions of them under way: erase again in a minute');
  }

  /** Read again where another one has changed it meanwhile. */
  private async clearRun(run: StoredBulk, words: readonly string[]): Promise<void> {
    for (let stored: StoredBulk | undefined = run; stored; [stored] = await this.store.bulks({ id: run.id, limit: 1 })) {
      const { updatedAt: _now, ...kept } = stored;
      const actor = kept.actor !== null && textNames(kept.actor, words) ? null : kept.actor;
      const cleared = { ...kept, filter: {}, options: {}, reason: null, cursor: null, actor, revision: stored.revision + 1 };
      if (await this.store.keepBulk(cleared, stored.revision)) return;
    }
  }

  private async clearPauses(words: readonly string[]): Promise<void> {
    for (let after = '', count = PAGE; count === PAGE;) {
      const page = await this.store.pausesLike({ after, limit: PAGE });
      for (const pause of page) await this.clearPause(pause, words);
      after = page.at(-1)?.id ?? '';
      count = page.length;
    }
  }

  /** Read again where it has changed meanwhile: a pause that ends changes each time it lets something through. */
  private async clearPause(pause: StoredPause, words: readonly string[]): Promise<void> {
    const cleared = (text: string | null) => (text !== null && textNames(text, words) ? null : text);
    for (let stored: StoredPause | undefined = pause; stored; [stored] = await this.store.pausesLike({ id: pause.id, limit: 1 })) {
      const { updatedAt: _now, ...kept } = stored;
      const { actor, reason, resumedBy, resumeReason } = kept;
      if ([actor, reason, resumedBy, resumeReason].every((text) => cleared(text) === text)) return;
      const texts = { actor: cleared(actor), reason: cleared(reason), resumedBy: cleared(resumedBy), resumeReason: cleared(resumeReason) };
      if (await this.store.keepPause({ ...kept, ...texts, revision: stored.revision + 1 }, stored.revision)) return;
    }
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
