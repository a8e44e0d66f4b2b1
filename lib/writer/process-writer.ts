import type { Change } from '../core/change.js';
import type { JsonObject } from '../values/json.js';
import type { Applied, EventOptions, NewEvent } from './pending-event.js';
import type { KnownProcess } from './decide.js';
import { ProcessQueue, type QueueParts } from './process-queue.js';

const NO_OPTIONS: EventOptions = {};

/** Takes what happens to processes, each event to the queue of its process. Memory is for processes this instance has to do with. */
export class ProcessWriter {
  private readonly queues = new Map<string, ProcessQueue>();
  private isClosed = false;
  private readonly ended = (queue: ProcessQueue) => this.leave(queue);

  constructor(private readonly parts: QueueParts) {}

  /** Applies an event. Null: there is no such process. @throws StoreUnavailableError, and what the event's workflow refuses */
  apply(id: string, event: NewEvent, options: EventOptions = NO_OPTIONS): Promise<Applied | null> {
    const queue = this.queueOf(id);
    if (event.type === 'started') queue.assumeNew();
    return new Promise((resolve, reject) => queue.add({ event, options, resolve, reject }));
  }

  /** The newest state, as far as this instance knows. */
  known(id: string): KnownProcess | null {
    return this.queues.get(id)?.known ?? null;
  }

  /** All that this instance believes to hold. */
  *heldBy(worker: string): Iterable<KnownProcess> {
    for (const { known } of this.queues.values()) if (known?.process.worker === worker) yield known;
  }

  /** How many processes are remembered. */
  get size(): number {
    return this.queues.size;
  }

  /** What is known of it may be old. */
  forget(id: string): void {
    this.queues.get(id)?.forget();
  }

  /** A commit that went through a transaction. `context` null: the values are not known. */
  committedElsewhere(change: Change, context: JsonObject | null): void {
    const queue = this.queueOf(change.process.id);
    queue.committedElsewhere(change, context);
    this.leave(queue);
  }

  /** Nothing more is recorded. */
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
    queue.letGo();
  }
}
