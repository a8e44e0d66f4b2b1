import type { Change } from '../core/change.js';
import { isUnclaimed } from '../core/process.js';
import { isTaskWait } from '../core/wait.js';
import type { TaskQueue } from '../queue/task-queue.js';
import type { Announcer, NewWork } from '../values/announcer.js';
import type { ClaimLimit } from '../writer/claim-limit.js';
import { clearTimeout, setTimeout } from '../values/timers.js';

/** Announcements of one kind within this time are sent as one. */
const GATHERED_MS = 3;

/** The parts that announcing needs. */
export interface AnnouncementParts {
  readonly announcers: readonly Announcer[];
  readonly limit: ClaimLimit;
  readonly queue: TaskQueue;
  /** True if this instance runs nothing, or has stopped. */
  readonly isIdle: () => boolean;
  readonly heard: (work: NewWork) => void;
}

/** Announces work that this instance leaves to others, and listens for their announcements. */
export class Announcements {
  private readonly told = new Map<NewWork, NodeJS.Timeout>();

  constructor(private readonly parts: AnnouncementParts) {}

  async listen(): Promise<void> {
    await Promise.all(this.parts.announcers.map((each) => each.listen(this.parts.heard).catch(() => false)));
  }

  committed({ process, waits }: Change): void {
    const { announcers, isIdle, limit, queue } = this.parts;
    if (announcers.length === 0) return;
    if (isUnclaimed(process.worker) && (isIdle() || limit.room === 0)) this.tell('processes');
    if (waits.put.some((wait) => isTaskWait(wait) && (isIdle() || queue.isFull(wait.waitsFor.queue)))) this.tell('tasks');
  }

  pausesChanged(): void {
    this.tell('pauses');
  }

  async close(): Promise<void> {
    for (const timer of this.told.values()) clearTimeout(timer);
    this.told.clear();
    await Promise.all(this.parts.announcers.map((each) => each.close().catch(() => {})));
  }

  private tell(work: NewWork): void {
    if (this.told.has(work)) return;
    const send = () => {
      this.told.delete(work);
      for (const each of this.parts.announcers) void each.announce(work).catch(() => {});
    };
    this.told.set(work, setTimeout(send, GATHERED_MS).unref());
  }
}
