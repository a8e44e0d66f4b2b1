/** So many at once; the others wait in line. */
export class Slots {
  private free: number;
  private readonly line: (() => void)[] = [];

  constructor(size: number) {
    this.free = size;
  }

  /** Calls `work` now, or when a slot is free; it calls back when it is done. */
  take(work: () => void): void {
    if (this.free === 0) return void this.line.push(work);
    this.free--;
    work();
  }

  giveBack(): void {
    const next = this.line.shift();
    if (next) next();
    else this.free++;
  }
}
