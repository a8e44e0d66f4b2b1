import { Fifo } from '../values/fifo.js';
import { monotonicNow, setTimeout } from '../values/timers.js';

/** A start that waits for room. */
interface WaitingStart {
  readonly id: string;
  /** When the wait ends, ms. */
  readonly until: number;
  readonly goOn: () => void;
}

/** Whether this worker holds one process. */
export class ClaimHold {
  private isHeld = false;

  constructor(
    private readonly limit: ClaimLimit,
    private readonly id: string,
  ) {}

  get hasRoom(): boolean {
    return this.isHeld || this.limit.hasRoomFor(this.id);
  }

  take(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.limit.take(this.id);
  }

  letGo(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.limit.giveBack();
  }
}

/**
 * How many processes this worker holds, and how many it may. Processes without room stay unclaimed in the database, where they cost
 * no memory and any instance can take them. Starts wait for room, for a while, so that callers are no faster than the work.
 */
export class ClaimLimit {
  private held = 0;
  private readonly starts = new Fifo<WaitingStart>();
  /** Room that is kept for starts that have waited for it, by the ids of their processes. */
  private readonly reserved = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  /** True if there may be unclaimed processes. */
  private hasBacklog = false;
  private takeFree: () => void = () => {};

  /** `patienceMs`: the longest that a start waits. */
  constructor(
    private readonly size: number,
    private readonly patienceMs: number,
  ) {}

  /** Sets the function to call when there is room for unclaimed processes. */
  onRoom(takeFree: () => void): void {
    this.takeFree = takeFree;
  }

  /** How many more processes this worker may hold. */
  get room(): number {
    return Math.max(0, this.size - this.held - this.reserved.size);
  }

  hasRoomFor(id: string): boolean {
    return this.room > 0 || this.reserved.has(id);
  }

  /** The hold on one process, until that is let go. */
  holdOf(id: string): ClaimHold {
    return new ClaimHold(this, id);
  }

  take(id: string): void {
    this.reserved.delete(id);
    this.held++;
  }

  giveBack(): void {
    this.held--;
    this.roomChanged();
  }

  /** Says whether there may be more unclaimed processes: one was left so, or as many were found as could be taken. */
  backlogIs(there: boolean): void {
    this.hasBacklog = there;
    this.roomChanged();
  }

  /** Resolves when there is room to start a process, or when that has taken too long. Undefined: no need to wait. */
  turnToStart(id: string): Promise<void> | undefined {
    if (this.patienceMs === 0 || (this.starts.length === 0 && this.roomForStarts > 0)) return undefined;
    return new Promise((goOn) => {
      this.starts.push({ id, until: monotonicNow() + this.patienceMs, goOn });
      this.watchPatience();
    });
  }

  /** The start is done, or has failed. */
  endTurn(id: string): void {
    if (this.reserved.delete(id)) this.roomChanged();
  }

  /** While processes wait in the database, starts get half of the limit, so that older processes are not left behind. */
  private get roomForStarts(): number {
    return this.hasBacklog ? this.room - Math.floor(this.size / 2) : this.room;
  }

  private roomChanged(): void {
    while (this.starts.length > 0 && this.roomForStarts > 0) {
      const { id, goOn } = this.starts.shift()!;
      this.reserved.add(id);
      goOn();
    }
    if (this.hasBacklog && this.room >= Math.ceil(this.size / 4)) this.takeFree();
  }

  /** Lets starts go on that have waited too long. All may wait equally long, so the first in line is the first to go. */
  private watchPatience(): void {
    const first = this.starts.next;
    if (!first || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      for (const now = monotonicNow(); this.starts.next && this.starts.next.until <= now;) this.starts.shift()!.goOn();
      this.watchPatience();
    }, first.until - monotonicNow());
  }
}
