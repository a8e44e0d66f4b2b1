import { isEvent } from '../core/addresses.js';
import type { Disposition, MessageState } from '../core/change.js';
import { bodyDigest, digestOf } from '../values/digest.js';
import type { Json } from '../values/json.js';
import { isFinished, type ProcessState } from '../core/process.js';
import { aMessage } from '../core/engine-messages.js';
import { UnknownWorkflowError } from '../values/errors.js';
import type { ProcessStore } from '../store/process-store.js';
import type { WaitAt } from '../store/port.js';
import type { PendingWork } from '../values/pending-work.js';
import type { Clock } from '../values/clock.js';
import type { CallOptions, ProcessCommands } from '../writer/process-commands.js';
import { dispositionOf, type Look } from './delivery.js';
import type { Told } from '../writer/process-cache.js';

/** ProcessCommands one message to one process, and says what became of it there. */
export class MessageDelivery {
  constructor(
    readonly store: ProcessStore,
    private readonly hands: ProcessCommands,
    private readonly clock: Clock,
    private readonly activity: PendingWork,
    /** Looks who waits at these addresses. */
    private readonly lookFor: (addresses: readonly string[]) => Promise<void>,
  ) {}

  letter(address: string, body: Json, messageId: string | undefined, effectiveAt?: number): MessageState {
    return aMessage(digestOf(address, messageId ?? bodyDigest(body)), address, body, this.now(), effectiveAt);
  }

  bring(message: MessageState, wait: WaitAt, hand: CallOptions, { kept, lookedUp, others = [] }: Look = {}): Promise<Disposition> {
    if (wait.closed) return this.miss(message, wait.processId, hand);
    const also = others.map(({ key, run }) => ({ key, run }));
    const told: Told = { type: 'message-received', key: wait.key, run: wait.run, message, ...(lookedUp && { lookedUp }), ...(also.length > 0 && { also }) };
    return this.settle(
      wait.processId,
      message,
      told,
      [wait, ...also].map(({ key }) => key),
      hand,
      kept,
    );
  }

  miss(message: MessageState, processId: string, hand: CallOptions): Promise<Disposition> {
    return this.settle(processId, message, { type: 'message-missed', message }, [], hand);
  }

  async settle(processId: string, message: MessageState, told: Told, waits: readonly string[], hand: CallOptions, kept = message): Promise<Disposition> {
    const applied = await this.hands.tell(processId, { tell: () => told, waits, messages: [message.id] }, hand).catch((error: unknown) => {
      if (error instanceof UnknownWorkflowError) return null; // an instance that knows its definition will find it in the inbox
      throw error;
    });
    if (applied) return dispositionOf(applied) ?? this.dispositionFound(message);
    await this.keep(kept, hand);
    return 'stored';
  }

  /** The other side was faster: what it made of the message is in the inbox. An event that found nobody any more is kept for whoever comes to wait. */
  private async dispositionFound({ id, address }: MessageState): Promise<Disposition> {
    return (await this.store.messagesAt([address])).find((each) => each.id === id)?.disposition ?? (isEvent(address) ? 'stored' : 'late');
  }

  /** In a transaction of the caller's nobody sees it before the commit: then is the time to look who waits for it. */
  async keep(message: MessageState, { manager }: CallOptions): Promise<readonly MessageState[]> {
    const known = await this.store.keepMessages([message], manager);
    if (manager !== undefined) this.store.afterCommit(manager, () => this.activity.during(() => this.lookFor([message.address])));
    return known;
  }

  /** The live processes of these workflows with this group id, also those that the caller's transaction has started. */
  async liveOf(workflows: readonly string[], groupId: string, { manager }: CallOptions): Promise<readonly ProcessState[]> {
    const found = await this.store.byGroup(workflows, groupId);
    const begun = workflows.flatMap((name) => this.hands.uncommitted.newest(manager, (made) => made.workflow === name && made.groupId === groupId) ?? []);
    const all = new Map([...found, ...begun].map((process) => [process.id, process]));
    return [...all.values()].filter(({ status }) => !isFinished(status));
  }

  now(): number {
    return this.clock.now().getTime();
  }
}
