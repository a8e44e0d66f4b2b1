/** Which mutant is switched on, and what was passed. The mutated code calls `__mutant(id)`, so this is a global function. */
export const NONE = -1;

export class EndlessLoopError extends Error {}

class Switch {
  private active = NONE;
  private passes = 0;
  private limit = Infinity;
  private seen: Set<number> | null = null;

  /** True for the mutant that is switched on. An endless loop passes here too: it is known by a count, and not by a clock. */
  readonly asked = (id: number): boolean => {
    this.seen?.add(id);
    if (++this.passes > this.limit) throw new EndlessLoopError(`more than ${this.limit} passes`);
    return id === this.active;
  };

  /** What is passed from now on, by id. */
  watch(): Set<number> {
    return (this.seen = new Set());
  }

  turn(active: number, limit = Infinity): void {
    Object.assign(this, { active, limit, passes: 0, seen: null });
  }

  off(): void {
    this.turn(NONE);
  }

  get passed(): number {
    return this.passes;
  }

  get isEndless(): boolean {
    return this.passes > this.limit;
  }
}

/** One of the worker, also after its modules were loaded anew. */
const shared = globalThis as { mutantSwitch?: Switch; __mutant?: (id: number) => boolean };
export const mutantSwitch = (shared.mutantSwitch ??= new Switch());
shared.__mutant = mutantSwitch.asked;
