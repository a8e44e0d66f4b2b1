import { Fifo } from '../values/fifo.js';

/** So many at once; the others wait in line. */
export class Slots {
  private free: number;
  private readonly line = new Fifo<() => void>();

  constructor(readonly size: number) {
    this.free = size;
  }

  get hasRoom(): boolean {
    return this.free > 0;
  }

  /** Calls `work` now, or when a slot is free; it calls back when it is done. */
  take(work: () => void): void {
    if (this.free === 0) return this.line.push(work);
    this.free--;
    work();
  }

  giveBack(): void {
    const next = this.line.shift();
    if (next) next();
    else this.free++;
  }
}
