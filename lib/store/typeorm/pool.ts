/** ProcessCommands out each of a few things to one user at a time, first come first served. */
export class Pool<T> {
  private readonly free: T[];
  private readonly waiting: ((thing: T) => void)[] = [];

  constructor(readonly all: readonly T[]) {
    this.free = [...all];
  }

  async use<R>(work: (thing: T) => Promise<R>): Promise<R> {
    const thing = this.free.pop() ?? (await new Promise<T>((resolve) => this.waiting.push(resolve)));
    try {
      return await work(thing);
    } finally {
      this.giveBack(thing);
    }
  }

  private giveBack(thing: T): void {
    const next = this.waiting.shift();
    if (next) next(thing);
    else this.free.push(thing);
  }
}
