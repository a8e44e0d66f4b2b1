import type { Clock, Timers } from '../values/clock.js';
import { milliseconds } from '../values/duration.js';
import type { PendingWork } from '../values/pending-work.js';
import type { ProcessStore } from '../store/process-store.js';
import type { DeletionShare, IsMine } from './deletion-share.js';
import { PacedBatches } from './paced-batches.js';
import { RECENT_MS } from './pause-watch.js';
import { isLimited, keptFor } from './retention-rules.js';
import type { EngineSettings } from './settings.js';

/** So many rows are deleted at once, and so many runs are read. */
const MOST_ROWS = 500;
const AT_ONCE = 100;

interface EndedParts {
  readonly store: ProcessStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly activity: PendingWork;
  readonly settings: EngineSettings;
  readonly share: DeletionShare;
}

/** Deletes bulk runs and pauses that have ended, as `keep` of the module says, a little at a time. */
export class EndedOperations {
  private readonly batches: PacedBatches;
  private stopped = false;

  constructor(private readonly parts: EndedParts) {
    this.batches = new PacedBatches(parts);
  }

  async sweep(): Promise<void> {
    const { bulkRuns, pauses } = this.parts.settings.keep;
    if (isLimited(bulkRuns)) await this.sweepBulks(milliseconds(bulkRuns), this.parts.share.ofNow());
    if (isLimited(pauses)) await this.sweepPauses(milliseconds(pauses));
  }

  /** No batch begins any more. */
  stop(): void {
    this.stopped = true;
  }

  /** For the log: what is deleted when. Null: nothing is. */
  sentence(): string | null {
    const { bulkRuns, pauses } = this.parts.settings.keep;
    const rules = Object.entries({ 'bulk runs': bulkRuns, pauses }).flatMap(([what, rule]) => (isLimited(rule) ? `${what} ${keptFor(rule)}` : []));
    return rules.length === 0 ? null : `What has ended is deleted: ${rules.join(', ')}.`;
  }

  private async sweepBulks(keptMs: number, share: () => Promise<IsMine>): Promise<void> {
    for (let ended = await this.endedBulks(keptMs, share); ended.length > 0; ended = await this.endedBulks(keptMs, share))
      for (const id of ended) await this.untilDone(() => this.parts.store.operating.forgetBulk(id, MOST_ROWS));
  }

  private async endedBulks(keptMs: number, share: () => Promise<IsMine>): Promise<readonly string[]> {
    const ids = this.stopped ? [] : await this.parts.store.operating.endedBulks(this.now() - keptMs, AT_ONCE);
    if (ids.length === 0) return [];
    const isMine = await share();
    return ids.filter((id) => isMine({ id }));
  }

  /** A pause that has ended a moment ago is still needed: by it the bodies are found that were held back since. */
  private sweepPauses(keptMs: number): Promise<void> {
    const ms = Math.max(keptMs, RECENT_MS);
    return this.untilDone(async () => (await this.parts.store.operating.forgetPauses(this.now() - ms, MOST_ROWS)) < MOST_ROWS);
  }

  private async untilDone(batch: () => Promise<boolean>): Promise<void> {
    for (let isDone = false; !isDone && !this.stopped;) isDone = await this.batches.run(batch, (done) => !done);
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
