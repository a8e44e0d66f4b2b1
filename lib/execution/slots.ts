import { Fifo } from '../values/fifo.js';

/** Work that waits for a slot. An object, so that no closure is made for each step. */
export interface WaitingWork {
  begin(): void;
}

/** Lets `size` run at once; the others wait in order. */
export class Slots {
  private free: number;
  private readonly line = new Fifo<WaitingWork>();

  constructor(readonly size: number) {
    this.free = size;
  }

  get hasRoom(): boolean {
    return this.free > 0;
  }

  /** Begins `work` now, or when a slot is free. The caller frees the slot by giveBack(). */
  take(work: WaitingWork): void {
    if (this.free === 0) return this.line.push(work);
    this.free--;
    work.begin();
  }

  giveBack(): void {
    const next = this.line.shift();
    if (next) next.begin();
    else this.free++;
  }
}
