import { Fifo } from '../values/fifo.js';

/** Lets `size` run at once; the others wait in order. */
export class Slots {
  private free: number;
  private readonly line = new Fifo<() => void>();

  constructor(readonly size: number) {
    this.free = size;
  }

  get hasRoom(): boolean {
    return this.free > 0;
  }

  /** Calls `work` now, or when a slot is free. The caller frees the slot by giveBack(). */
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
