import type { EngineParts } from '../engine/engine.js';
import type { StoreGauges } from '../store/store-gauges.js';
import { inTime } from '../values/in-time.js';
import { monotonicNow } from '../values/timers.js';
import type { MetricSet } from './metric-set.js';

/** A scrape gives up after 10 s by default. */
const PATIENCE_MS = 5000;

/** Reads all gauges of the database in one look, when a scrape asks for the first of them. Without an answer they are left out. */
export class DatabaseGauges {
  private look: Promise<void> = Promise.resolve();
  private lookedAt = -Infinity;

  constructor(
    private readonly engine: Pick<EngineParts, 'store' | 'clock'>,
    private readonly gauges: () => MetricSet['ofStore'],
    private readonly maxAgeMs: number,
  ) {}

  /** All gauges of a scrape wait for the same look. Never rejects. */
  collect(): Promise<void> {
    if (monotonicNow() - this.lookedAt < this.maxAgeMs) return this.look;
    this.lookedAt = monotonicNow();
    return (this.look = this.read());
  }

  private async read(): Promise<void> {
    const now = this.engine.clock.now().getTime();
    let found: StoreGauges | null = null;
    const reading = this.engine.store.queries.gauges(now).then((read) => void (found = read));
    await inTime(reading, PATIENCE_MS).catch(() => false);
    this.show(found, now);
  }

  private show(found: StoreGauges | null, now: number): void {
    const gauges = this.gauges();
    if (!gauges) return;
    for (const gauge of Object.values(gauges)) gauge.reset();
    gauges.up.set(found === null ? 0 : 1);
    if (found !== null) fill(gauges, found, now);
    else gauges.unclaimed.remove(); // without labels it would be 0
  }
}

function fill(gauges: NonNullable<MetricSet['ofStore']>, found: StoreGauges, now: number): void {
  const secondsSince = (moment: number) => Math.max(0, (now - moment) / 1000);
  gauges.unclaimed.set(found.unclaimed);
  for (const { count, ...labels } of found.processes) gauges.live.set(labels, count);
  for (const { since, ...labels } of found.oldestWaits) gauges.waiting.set(labels, secondsSince(since));
  for (const { count, ...labels } of found.overdue) gauges.late.set(labels, count);
  for (const { queue, readyAt, ...counts } of found.queues) {
    for (const [state, count] of Object.entries(counts)) gauges.depth.set({ queue, state }, count);
    gauges.oldest.set({ queue }, readyAt === null ? 0 : secondsSince(readyAt));
  }
}
