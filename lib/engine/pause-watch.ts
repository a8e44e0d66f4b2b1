import type { KnownPauses } from '../execution/known-pauses.js';
import type { DueWait, StoredPause } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { Clock } from '../values/clock.js';
import { Rounds } from '../values/rounds.js';
import type { WorkflowRegistry } from '../workflows/registry.js';
import type { ProcessWriter } from '../writer/process-writer.js';
import type { EngineSettings } from './settings.js';

/** How many bodies are let through at once, and in one turn of an instance. */
const AT_ONCE = 200;
const MOST_IN_TURN = 2000;
const MINUTE_MS = 60_000;
/** An instance that did not know of the end may have held a body back since. No instance can be without news for so long and still commit. */
export const RECENT_MS = 10 * MINUTE_MS;
/** A row may be committed a little after the moment it carries, so it is looked for a little longer. */
const LATE_ROW_MS = 10_000;

/** The parts that watching pauses needs. */
export interface PauseWatchParts {
  readonly store: ProcessStore;
  readonly registry: WorkflowRegistry;
  readonly pauses: KnownPauses;
  readonly writer: ProcessWriter;
  readonly clock: Clock;
  readonly settings: Pick<EngineSettings, 'sweepMs'>;
}

/** Learns of pauses, and lets through what they have held back when they end. Any instance may do so; the row says whose turn it is. */
export class PauseWatch {
  /** The addresses of pauses that have ended lately. */
  private ended: readonly string[] = [];
  private pausedAt = 0;
  private reads = 0;
  private newest = 0;
  private readonly rounds = new Rounds(async () => {
    await this.learn();
    for (const pause of this.ending) await this.takeTurn(pause);
  });

  constructor(private readonly parts: PauseWatchParts) {}

  /** Reads the pauses. What was read earlier does not replace what was read later. */
  async learn(): Promise<void> {
    const { store, pauses } = this.parts;
    const read = ++this.reads;
    const all = await store.operating.pauses(this.now() - RECENT_MS);
    if (read < this.newest) return;
    this.newest = read;
    const before = new Set(this.ended);
    pauses.set(all);
    this.ended = [...new Set(all.map(({ address }) => address))].filter((address) => !pauses.at(address));
    for (const address of this.ended) if (!before.has(address)) await this.letAllThrough(address);
  }

  /** Reads the pauses, and goes on with those that end. */
  run(): Promise<void> {
    return this.rounds.run();
  }

  /** Called by each sweep with the moment of the last change. */
  async lookAfter(pausedAt: number, now: number): Promise<void> {
    const hasNews = pausedAt !== this.pausedAt || now - pausedAt < LATE_ROW_MS;
    if (hasNews || this.ending.length > 0) await this.run();
    this.pausedAt = pausedAt;
  }

  /** Finds what was held back by an instance that did not know yet that the pause has ended. */
  async sweep(): Promise<void> {
    for (const address of this.ended) await this.letAllThrough(address);
  }

  /** Called when a body was held back, and the pause is not known here any more. */
  async overtaken(address: string): Promise<void> {
    if (!this.parts.pauses.at(address)) await this.letAllThrough(address);
  }

  /** When more may be let through of a pause that ends gradually, ms; null: there is none. */
  nextMoment(): number | null {
    const moments = this.ending.flatMap(({ perMinute, releasedUntil }) =>
      perMinute === null || releasedUntil === null ? [] : Math.ceil(releasedUntil + MINUTE_MS / perMinute),
    );
    return moments.length === 0 ? null : Math.min(...moments);
  }

  private get ending(): StoredPause[] {
    return this.parts.pauses.all.filter(({ resumedAt }) => resumedAt !== null);
  }

  /** Lets through as many as may begin now. A turn is taken by a change of the row, so instances do not let through the same share twice. */
  private async takeTurn(pause: StoredPause): Promise<void> {
    const { store, registry } = this.parts;
    const { count, until } = this.shareOf(pause);
    if (count === 0) return;
    const held = await store.operating.heldAt(pause.address, count, registry.known());
    if (held.length === 0) return this.endIfEmpty(pause);
    const taken = { ...pause, revision: pause.revision + 1, releasedUntil: until };
    if (!(await store.operating.keepPause(taken, pause.revision))) return;
    await this.letThrough(pause.address, held);
    if (held.length < count) await this.endIfEmpty(taken);
  }

  /** How many may be let through now, and until when that is all. */
  private shareOf({ perMinute, releasedUntil }: StoredPause): { readonly count: number; readonly until: number } {
    const [now, { sweepMs }] = [this.now(), this.parts.settings];
    if (perMinute === null) return { count: (releasedUntil ?? 0) > now ? 0 : MOST_IN_TURN, until: now + sweepMs };
    const every = MINUTE_MS / perMinute;
    const from = Math.max(releasedUntil ?? 0, now - Math.max(every, 2 * sweepMs)); // what was missed for longer than that is not made up for
    const count = Math.min(MOST_IN_TURN, Math.floor((now - from) / every), releasedUntil === null ? 1 : Infinity);
    return { count, until: releasedUntil === null ? now : Math.ceil(from + count * every) };
  }

  /** A worker that knows more workflows may have to go on. */
  private async endIfEmpty(pause: StoredPause): Promise<void> {
    const { operating } = this.parts.store;
    if ((await operating.heldAt(pause.address, 1)).length > 0) return;
    await operating.keepPause({ ...pause, revision: pause.revision + 1, endedAt: this.now() }, pause.revision);
    await this.learn();
  }

  private async letAllThrough(address: string): Promise<void> {
    const { store, registry } = this.parts;
    for (let found = AT_ONCE, applied = 1; found === AT_ONCE && applied > 0;) {
      const held = await store.operating.heldAt(address, AT_ONCE, registry.known());
      found = held.length;
      applied = await this.letThrough(address, held);
    }
  }

  /** Returns how many it has let through; others were faster with the rest. */
  private async letThrough(address: string, held: readonly DueWait[]): Promise<number> {
    let count = 0;
    for (let from = 0; from < held.length; from += AT_ONCE) {
      const some = held.slice(from, from + AT_ONCE);
      const applied = await Promise.all(
        some.map(({ processId, key, run }) => this.parts.writer.tryToApply(processId, { type: 'pause-ended', key, run, address })),
      );
      count += applied.filter(Boolean).length;
    }
    return count;
  }

  private now(): number {
    return this.parts.clock.now().getTime();
  }
}
