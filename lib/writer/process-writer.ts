import type { Change } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { Applied, ApplyOptions, NewEvent, PendingEvent } from './pending-event.js';
import type { KnownProcess } from './decide.js';
import { ProcessQueue } from './process-queue.js';
import type { QueueParts } from './queue-parts.js';
import { leaveUnreadable } from './unreadable.js';

const NO_OPTIONS: ApplyOptions = {};

/** Adds each event to the queue of its process. Keeps only processes in memory that this worker holds or that have events under way. */
export class ProcessWriter {
  private readonly queues = new Map<string, ProcessQueue>();
  private isClosed = false;
  private readonly ended = (queue: ProcessQueue) => this.leave(queue);

  constructor(private readonly parts: QueueParts) {}

  /** Applies an event. Null: there is no such process. @throws StoreUnavailableError, or the error with which the event is refused */
  apply(id: string, event: NewEvent, options: ApplyOptions = NO_OPTIONS): Promise<Applied | null> {
    return new Promise((resolve, reject) => this.add(id, { event, options, resolve, reject }));
  }

  /** The same with calls instead of a promise. */
  add(id: string, pending: PendingEvent): void {
    const queue = this.queueOf(id);
    if (pending.event.type === 'started') queue.assumeNew();
    queue.add(pending);
  }

  /** Applies an event that other instances may bring as well. False: it no longer applied, or the store did not answer. */
  async tryToApply(id: string, event: NewEvent): Promise<boolean> {
    return (await this.apply(id, event).catch((error: unknown) => this.notApplied(id, error)))?.change != null;
  }

  private notApplied(id: string, error: unknown): null {
    leaveUnreadable(this.parts.path.registry, id, error);
    return null;
  }

  /** The newest state that this instance knows. */
  known(id: string): KnownProcess | null {
    return this.queues.get(id)?.known ?? null;
  }

  /** All processes that this instance believes the worker holds. */
  *heldBy(worker: string): Iterable<KnownProcess> {
    for (const { known } of this.queues.values()) if (known?.process.worker === worker) yield known;
  }

  /** How many processes are remembered. */
  get size(): number {
    return this.queues.size;
  }

  /** Drops the known state of a process, because it may be old. */
  forget(id: string): void {
    const queue = this.queues.get(id);
    if (!queue) return;
    queue.forget();
    this.leave(queue);
  }

  /** Takes over a commit that was made in a transaction. `context` null: the values are not known. */
  committedElsewhere(change: Change, context: JsonObject | null): void {
    const queue = this.queueOf(change.process.id);
    queue.committedElsewhere(change, context);
    this.leave(queue);
  }

  /** Refuses waiting events. Later events are tried once. */
  close(): void {
    this.isClosed = true;
    for (const queue of this.queues.values()) queue.close();
  }

  private queueOf(id: string): ProcessQueue {
    let queue = this.queues.get(id);
    if (!queue) {
      this.queues.set(id, (queue = new ProcessQueue(id, this.parts, this.ended)));
      if (this.isClosed) queue.close();
    }
    return queue;
  }

  private leave(queue: ProcessQueue): void {
    const worker = queue.known?.process.worker;
    const isHeld = worker && worker === this.parts.worker();
    if (!queue.isIdle || isHeld || this.queues.get(queue.id) !== queue) return;
    this.queues.delete(queue.id);
    queue.hold.letGo();
  }
}
