import type { MessageState } from '../core/change.js';
import type { InboxCount } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import { InboxFullError } from '../values/inbox-full-error.js';
import { monotonicNow } from '../values/timers.js';

/** How much the inbox may hold of what no process has received. */
export interface InboxSizes {
  /** Messages under one correlation id, or one key of an event. */
  readonly perAddress: number;
  /** Responses for one workflow. */
  readonly perWorkflow: number;
  readonly total: number;
  /** Of all bodies as JSON. */
  readonly bytes: number;
}

/** How long a count is relied upon. Other instances store messages, too, so the limits are not exact. */
const COUNTED_MS = 5000;

interface Counted {
  readonly at: number;
  total: number;
  bytes: number;
  readonly byWorkflow: Map<string, number>;
}

/** Refuses what would fill the inbox. A count is read seldom, and what is stored here is added to it. */
export class InboxLimits {
  private counted: Counted | undefined;

  constructor(
    private readonly store: ProcessStore,
    private readonly sizes: InboxSizes,
  ) {}

  /** @throws InboxFullError if there is no room for all of these */
  async makeSure(messages: readonly MessageState[]): Promise<void> {
    if (messages.length === 0) return;
    if (!this.counted || monotonicNow() - this.counted.at > COUNTED_MS || this.reached(messages, this.counted)) this.counted = await this.count();
    const limit = this.reached(messages, this.counted) ?? (await this.reachedAtAddress(messages, this.counted));
    if (limit) throw new InboxFullError(limit, this.sizes[limit]);
    this.add(messages, this.counted);
  }

  private async count(): Promise<Counted> {
    const counts = await this.store.maintenance.inboxCensus();
    const sum = (what: (each: InboxCount) => number) => counts.reduce((all, each) => all + what(each), 0);
    const byWorkflow = new Map(counts.flatMap(({ workflow, messages }) => (workflow === null ? [] : [[workflow, messages] as const])));
    return { at: monotonicNow(), total: sum(({ messages }) => messages), bytes: sum(({ size }) => size), byWorkflow };
  }

  private reached(messages: readonly MessageState[], { total, bytes, byWorkflow }: Counted): InboxFullError['limit'] | undefined {
    if (total + messages.length > this.sizes.total) return 'total';
    if (bytes + lengthOf(messages) > this.sizes.bytes) return 'bytes';
    const [{ workflow }] = messages as [MessageState]; // a response comes alone, and events are for no workflow in particular
    return workflow !== null && (byWorkflow.get(workflow) ?? 0) + messages.length > this.sizes.perWorkflow ? 'perWorkflow' : undefined;
  }

  /** Where there are fewer messages in all, no address can have too many. */
  private async reachedAtAddress(messages: readonly MessageState[], { total }: Counted): Promise<InboxFullError['limit'] | undefined> {
    if (total + messages.length <= this.sizes.perAddress) return undefined;
    const counts = await this.store.maintenance.countAt(messages.map(({ address }) => address));
    return [...counts.values()].some((count) => count >= this.sizes.perAddress) ? 'perAddress' : undefined;
  }

  private add(messages: readonly MessageState[], counted: Counted): void {
    counted.total += messages.length;
    counted.bytes += lengthOf(messages);
    for (const { workflow } of messages) if (workflow !== null) counted.byWorkflow.set(workflow, (counted.byWorkflow.get(workflow) ?? 0) + 1);
  }
}

/** All of a call have the same body. */
function lengthOf(messages: readonly MessageState[]): number {
  return messages.length * JSON.stringify(messages[0]!.body).length;
}
