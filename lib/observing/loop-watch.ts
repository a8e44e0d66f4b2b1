import { clearInterval, monotonicNow, setInterval } from '../values/timers.js';

const EVERY_MS = 500;
/** What is shorter is the usual lateness of a timer. */
const LEAST_MS = 100;

/** Tells how long the event loop did not turn, each time it did not. */
export class LoopWatch {
  private timer: NodeJS.Timeout | undefined;
  private lastAt = 0;

  constructor(private readonly blocked: (ms: number) => void) {}

  start(): void {
    this.lastAt = monotonicNow();
    this.timer = setInterval(() => this.look(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = monotonicNow();
    const lateMs = now - this.lastAt - EVERY_MS;
    this.lastAt = now;
    if (lateMs > LEAST_MS) this.blocked(lateMs);
  }
}
