import { Fifo } from '../values/fifo.js';

/** A start that waits for room. */
interface WaitingStart {
  readonly id: string;
  /** Until then, ms. */
  readonly until: number;
  readonly goOn: () => void;
}

/**
 * How many processes this worker holds, and how many it may. What it has no room for stays unclaimed in the database, where it costs
 * no memory and any instance can take it. Starts wait for room, for a while: so a caller is no faster than the work.
 */
export class ClaimLimit {
  private held = 0;
  private readonly starts = new Fifo<WaitingStart>();
  /** Room that is kept for starts that have waited for it, by the ids of their processes. */
  private readonly reserved = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  /** Unclaimed processes may be there. */
  private hasBacklog = false;
  private takeFree: () => void = () => {};

  /** `patienceMs`: the longest that a start waits. */
  constructor(
    private readonly size: number,
    private readonly patienceMs: number,
  ) {}

  /** What is called when there is room for unclaimed processes. */
  onRoom(takeFree: () => void): void {
    this.takeFree = takeFree;
  }

  /** How many more it may hold. */
  get room(): number {
    return Math.max(0, this.size - this.held - this.reserved.size);
  }

  hasRoomFor(id: string): boolean {
    return this.room > 0 || this.reserved.has(id);
  }

  take(id: string): void {
    this.reserved.delete(id);
    this.held++;
  }

  giveBack(): void {
    this.held--;
    this.roomChanged();
  }

  /** A process was left unclaimed; or as many were found as could be taken, and there may be more. */
  backlogIs(there: boolean): void {
    this.hasBacklog = there;
    this.roomChanged();
  }

  /** Resolves when there is room to start a process, or when that has taken too long. Undefined: there is room. */
  turnToStart(id: string): Promise<void> | undefined {
    if (this.patienceMs === 0 || (this.starts.length === 0 && this.roomForStarts > 0)) return undefined;
    return new Promise((goOn) => {
      this.starts.push({ id, until: Date.now() + this.patienceMs, goOn });
      this.watchPatience();
    });
  }

  /** The start is done, or came to nothing. */
  endTurn(id: string): void {
    if (this.reserved.delete(id)) this.roomChanged();
  }

  /** While processes wait in the database, starts get half of the room: what was there before is not left behind. */
  private get roomForStarts(): number {
    return this.hasBacklog ? this.room - Math.ceil(this.size / 2) : this.room;
  }

  private roomChanged(): void {
    while (this.starts.length > 0 && this.roomForStarts > 0) {
      const { id, goOn } = this.starts.shift()!;
      this.reserved.add(id);
      goOn();
    }
    if (this.hasBacklog && this.room >= Math.ceil(this.size / 4)) this.takeFree();
  }

  /** All wait equally long, so the first in line is the first whose patience ends. */
  private watchPatience(): void {
    const first = this.starts.next;
    if (!first || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      for (const now = Date.now(); this.starts.next && this.starts.next.until <= now;) this.starts.shift()!.goOn();
      this.watchPatience();
    }, first.until - Date.now());
  }
}
