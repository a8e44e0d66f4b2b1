import { isEvent } from '../core/addresses.js';
import type { Disposition, MessageState } from '../core/change.js';
import type { EventOf } from '../core/events.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { WaitAt } from '../store/port.js';
import { UnknownWorkflowError } from '../values/errors.js';
import type { CallOptions } from '../writer/call-options.js';
import { type DeliveryHints, dispositionOf } from './delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** Events that bring a message to a process. */
type BringingEvent = EventOf<'message-received' | 'event-received' | 'message-missed'>;

/** Brings one message to one process, and returns its disposition. */
export class MessageDelivery {
  constructor(
    private readonly parts: MessagingParts,
    /** Looks for waits at these addresses. */
    private readonly lookFor: (addresses: readonly string[]) => Promise<void>,
  ) {}

  bring(message: MessageState, wait: WaitAt, call: CallOptions, { kept, lookedUp, others = [] }: DeliveryHints = {}): Promise<Disposition> {
    if (wait.closed) return this.miss(message, wait.processId, call);
    const { processId, key, run } = wait;
    const also = others.map((other) => ({ key: other.key, run: other.run }));
    const event: BringingEvent = { type: 'message-received', key, run, message, ...(lookedUp && { lookedUp }), ...(also.length > 0 && { also }) };
    return this.apply(processId, event, call, kept);
  }

  /** Records that nothing waits for the message any more. */
  miss(message: MessageState, processId: string, call: CallOptions): Promise<Disposition> {
    return this.apply(processId, { type: 'message-missed', message }, call);
  }

  async apply(processId: string, event: BringingEvent, call: CallOptions, kept = event.message): Promise<Disposition> {
    const applied = await this.parts.commands.apply(processId, event, call).catch((error: unknown) => {
      if (error instanceof UnknownWorkflowError) return null; // an instance that knows its definition will find it in the inbox
      throw error;
    });
    if (applied) return dispositionOf(applied) ?? this.dispositionFound(event.message);
    await this.keep(kept, call);
    return 'stored';
  }

  /** The other side was faster, so the disposition is in the inbox. An event that found no wait any more is kept for later waits. */
  private async dispositionFound({ id, address }: MessageState): Promise<Disposition> {
    const found = await this.parts.store.commits.messagesAt([address]);
    return found.find((each) => each.id === id)?.disposition ?? (isEvent(address) ? 'stored' : 'late');
  }

  /** Stores the message, and returns it if it was known. After the caller's transaction, looks for waits: before, others do not see the message. */
  async keep(message: MessageState, { manager }: CallOptions): Promise<readonly MessageState[]> {
    const { commits } = this.parts.store;
    const known = await commits.keepMessages([message], manager);
    if (manager !== undefined) commits.afterCommit(manager, () => this.parts.activity.during(() => this.lookFor([message.address])));
    return known;
  }

  /** The live processes of these workflows with this group id, also those that the caller's transaction has started. */
  async liveOf(workflows: readonly string[], groupId: string, { manager }: CallOptions): Promise<readonly ProcessState[]> {
    const { store, uncommitted } = this.parts;
    const found = await store.queries.byGroup(workflows, groupId);
    const begun = workflows.flatMap((name) => uncommitted.newest(manager, (made) => made.workflow === name && made.groupId === groupId) ?? []);
    const all = new Map([...found, ...begun].map((process) => [process.id, process]));
    return [...all.values()].filter(({ status }) => !isFinished(status));
  }
}
