import type { Clock } from '../values/clock.js';

const SECOND_MS = 1000;
const MINUTE_S = 60;

/** How many bodies of tasks have ended on this worker in the last 60 s, by queue. */
export class EndedTasks {
  /** By queue, and by second. */
  private readonly counts = new Map<string, Map<number, number>>();

  constructor(private readonly clock: Clock) {}

  add(queue: string): void {
    const ofQueue = this.counts.get(queue) ?? new Map<number, number>();
    const second = this.second();
    ofQueue.set(second, (ofQueue.get(second) ?? 0) + 1);
    this.counts.set(queue, ofQueue);
    for (const past of ofQueue.keys()) if (past <= second - MINUTE_S) ofQueue.delete(past);
  }

  /** A queue of which none has ended may be left out. */
  inLastMinute(): Record<string, number> {
    const since = this.second() - MINUTE_S;
    const sum = (ofQueue: ReadonlyMap<number, number>) => [...ofQueue].reduce((all, [second, count]) => (second > since ? all + count : all), 0);
    return Object.fromEntries([...this.counts].map(([queue, ofQueue]) => [queue, sum(ofQueue)]));
  }

  private second(): number {
    return Math.floor(this.clock.now().getTime() / SECOND_MS);
  }
}
