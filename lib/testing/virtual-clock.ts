import { Clock, Timers } from '../values/clock.js';

/** A clock that stands still until it is moved, and its timers. */
export class VirtualClock extends Clock {
  private time: number;
  private timers: { at: number; call: () => void }[] = [];

  constructor(now: string | Date = new Date()) {
    super();
    this.time = new Date(now).getTime();
  }

  override now(): Date {
    return new Date(this.time);
  }

  /** Moves the clock, forward only. */
  set(time: number): void {
    if (time < this.time) throw new RangeError('Time does not go back.');
    this.time = time;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.time + ms, call };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((other) => other !== timer));
  }

  nextTimer(): number | null {
    return this.timers.length === 0 ? null : Math.min(...this.timers.map(({ at }) => at));
  }

  get pending(): number {
    return this.timers.length;
  }

  /** Calls the timers that are due. */
  fire(): void {
    const due = this.timers.filter(({ at }) => at <= this.time).sort((a, b) => a.at - b.at);
    this.timers = this.timers.filter(({ at }) => at > this.time);
    for (const { call } of due) call();
  }
}

export class VirtualTimers extends Timers {
  constructor(private readonly clock: VirtualClock) {
    super();
  }

  override after(ms: number, call: () => void): () => void {
    return this.clock.after(ms, call);
  }
}
