import type { Change } from '../core/change.js';
import { dueAtOf, isTaskWait } from '../core/wait.js';
import type { Clock, Timers } from '../values/clock.js';

/** Due times are rounded up to `GRAIN_MS`. Those beyond `FARTHEST_MS`, or beyond `MOST` timers at once, are left to the sweep. */
const GRAIN_MS = 10;
const FARTHEST_MS = 60_000;
const MOST = 500;

/** Sets an in-memory timer for due times within a minute that are committed here; the sweep finds the rest. */
export class DueTimers {
  private readonly set = new Map<number, () => void>();
  private isStopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly onDue: () => void,
  ) {}

  committed({ waits }: Change): void {
    if (this.isStopped) return;
    for (const wait of waits.put) {
      this.at(dueAtOf(wait));
      if (isTaskWait(wait)) this.at(wait.waitsFor.readyAt);
    }
  }

  stop(): void {
    this.isStopped = true;
    for (const cancel of this.set.values()) cancel();
    this.set.clear();
  }

  at(moment: number | null): void {
    if (moment === null || this.isStopped) return;
    const at = Math.ceil(moment / GRAIN_MS) * GRAIN_MS;
    const away = at - this.clock.now().getTime();
    if (away <= 0 || away > FARTHEST_MS || this.set.has(at) || this.set.size >= MOST) return;
    const fire = () => {
      this.set.delete(at);
      this.onDue();
    };
    this.set.set(at, this.timers.after(away, fire));
  }
}
