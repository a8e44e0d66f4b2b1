import { isEvent } from '../core/addresses.js';
import type { Disposition, MessageState } from '../core/change.js';
import { type EventOf, messagesOfEvent } from '../core/events.js';
import { isFinished, type ProcessState } from '../core/process.js';
import type { WaitAt } from '../store/port.js';
import { UnknownWorkflowError } from '../values/errors.js';
import type { CallOptions } from '../writer/call-options.js';
import { type DeliveryHints, dispositionOf } from './delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** Events that bring a message to a process. */
type BringingEvent = EventOf<'message-received' | 'event-received' | 'message-missed' | 'message-refused'>;

/** Brings one message to one process, and returns its disposition. */
export class MessageDelivery {
  constructor(
    private readonly parts: MessagingParts,
    /** Looks for waits at these addresses. */
    private readonly lookFor: (addresses: readonly string[]) => Promise<void>,
  ) {}

  bring(message: MessageState, wait: WaitAt, call: CallOptions, { kept, lookedUp, stored, lateId, others = [] }: DeliveryHints = {}): Promise<Disposition> {
    if (wait.closed) return this.miss(message, wait.processId, call);
    const { processId, key, run } = wait;
    const also = others.map((other) => ({ key: other.key, run: other.run }));
    const found = { ...(lookedUp && { lookedUp }), ...(stored && { stored }), ...(lateId && { lateId }), ...(also.length > 0 && { also }) };
    const event: BringingEvent = { type: 'message-received', key, run, message, ...found };
    return this.apply(processId, event, call, kept);
  }

  /** Records that the step which waits does not take the message. */
  refuse(message: MessageState, { processId, key, run }: WaitAt, call: CallOptions): Promise<Disposition> {
    return this.apply(processId, { type: 'message-refused', key, run, message }, call);
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
    if (applied) return dispositionOf(applied) ?? this.dispositionFound(processId, event);
    if (!('stored' in event)) await this.keep(kept, call);
    return 'stored';
  }

  /**
   * The other side was faster, so the disposition is in the inbox: that of the message, or else of the row that it is a copy of. It is read
   * as a decision reads it, and not in line with the questions of people. An event that found no wait any more is kept for later waits.
   */
  private async dispositionFound(id: string, event: BringingEvent): Promise<Disposition> {
    const messages = messagesOfEvent(event);
    const [loaded] = await this.parts.store.commits.load([{ id, waits: [], messages, context: false }]);
    const [found] = messages.flatMap((each) => loaded?.messages.find((message) => message.id === each) ?? []);
    return found?.disposition ?? (isEvent(event.message.address) ? 'stored' : 'late');
  }

  /** Stores the message, and returns it if it was known. After the caller's transaction, looks for waits: before, others do not see the message. */
  keep(message: MessageState, call: CallOptions): Promise<readonly MessageState[]> {
    return this.keepAll([message], call);
  }

  /** The same for several. @throws InboxFullError, and none is stored */
  async keepAll(messages: readonly MessageState[], { manager }: CallOptions): Promise<readonly MessageState[]> {
    const { store, inbox, activity } = this.parts;
    await inbox.makeSure(messages);
    const known = await store.commits.keepMessages(messages, manager);
    const look = () => activity.during(() => this.lookFor(messages.map(({ address }) => address)));
    if (manager !== undefined) store.commits.afterCommit(manager, look);
    return known;
  }

  /** The live processes of these workflows with one of these group ids, also those that the caller's transaction has started. */
  async liveOf(workflows: readonly string[], groupIds: readonly string[], { manager }: CallOptions): Promise<readonly ProcessState[]> {
    if (workflows.length === 0) return [];
    const found = await this.parts.store.queries.liveByGroup(workflows, groupIds);
    const all = new Map([...found, ...(manager === undefined ? [] : this.begunIn(manager, workflows, groupIds))].map((process) => [process.id, process]));
    return [...all.values()].filter(({ status }) => !isFinished(status));
  }

  private begunIn(manager: unknown, workflows: readonly string[], groupIds: readonly string[]): ProcessState[] {
    const newest = (name: string, groupId: string) =>
      this.parts.uncommitted.newest(manager, ({ workflow, groupId: other }) => workflow === name && other === groupId) ?? [];
    return groupIds.flatMap((groupId) => workflows.flatMap((name) => newest(name, groupId)));
  }
}
