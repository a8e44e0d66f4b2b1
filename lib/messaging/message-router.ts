/**
 * Brings messages to the processes that wait for them. Whoever commits second looks: a message that finds no wait is stored,
 * and looks again; a wait that has been committed looks in the inbox. So neither side can miss the other, and the sweep is
 * only a net for a look that was cut off.
 */
import { askerIn, isEvent, responseAddress } from '../core/addresses.js';
import type { Disposition, MessageState } from '../core/change.js';
import type { Json } from '../values/json.js';
import { isFinished } from '../core/process.js';
import { NotWaitingError } from '../values/errors.js';
import type { Match, WaitAt } from '../store/port.js';
import type { ProcessStore } from '../store/process-store.js';
import type { PendingWork } from '../values/pending-work.js';
import type { Clock } from '../values/clock.js';
import { MessageDelivery } from './message-delivery.js';
import { EventRouter } from './event-router.js';
import type { CallOptions, ProcessCommands } from '../writer/process-commands.js';
import { type Addressed, awaitedIn, type Delivery, type DeliveryRequest, type Look, preferOpen, toldIn } from './delivery.js';
import { stateOf } from '../writer/batch-loader.js';
import type { WorkflowRegistry } from '../workflows/registry.js';

export class MessageRouter {
  private readonly looking = new Set<string>();
  /** Where the next sweep goes on: some messages match for ever, as an event that one of many could have. */
  private last: Match | undefined;
  readonly courier: MessageDelivery;
  private readonly events: EventRouter;

  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    hands: ProcessCommands,
    clock: Clock,
    activity: PendingWork,
  ) {
    this.courier = new MessageDelivery(store, hands, clock, activity, (addresses) => this.lookFor(addresses));
    this.events = new EventRouter(this.courier, registry);
    hands.writer.afterCommit((change) => {
      if (change.waits.put.length + change.messages.length === 0) return; // most commits are of a step that has ended
      const [awaited, told] = [awaitedIn(change), toldIn(change)];
      if (awaited.length > 0) activity.during(() => this.look(change.process.id, awaited));
      if (told.length > 0) activity.during(() => this.lookFor(told));
    });
  }

  /** Its wait has just been committed, and its message may be here already: nobody should call it settled yet. */
  isLooking(processId: string): boolean {
    return this.looking.has(processId);
  }

  private async look(processId: string, addresses: readonly string[]): Promise<void> {
    this.looking.add(processId);
    await this.lookFor(addresses, processId).finally(() => this.looking.delete(processId));
  }

  async respond(to: Addressed, correlationId: string, body: Json, hand: DeliveryRequest): Promise<Disposition> {
    const address = responseAddress(correlationId);
    const message = this.courier.letter(address, body, hand.messageId);
    return (await this.tryWaits(to, message, hand)) ?? (await this.storeOrLate(to, message, hand));
  }

  private async tryWaits(to: Addressed, message: MessageState, hand: CallOptions, look: Look = {}): Promise<Disposition | null> {
    const [wait] = preferOpen(await this.store.waitsAt([message.address]));
    if (!wait) return null;
    if (!to.steps.includes(wait.step))
      throw new NotWaitingError(wait.processId, to.step, [wait.step], `This correlation id belongs to step "${wait.step}", not to "${to.step}".`);
    return this.courier.bring(message, wait, hand, look);
  }

  /** Unknown so far: answered before, too late, or too early. Only what may still be waited for is stored. */
  private async storeOrLate(to: Addressed, message: MessageState, hand: CallOptions): Promise<Disposition> {
    const known = await this.store.messagesAt([message.address]);
    const answered = known.find(({ processId }) => processId !== null);
    const late = answered?.processId ?? (await this.finishedOwner(message));
    if (late) return this.courier.miss(message, late, hand);
    const same = known.find(({ id }) => id === message.id) ?? (await this.courier.keep(message, hand))[0];
    if (same && same.digest !== message.digest) return 'conflict';
    const found = await this.tryWaits(to, message, hand, same ? {} : { lookedUp: true });
    return found ?? (same ? 'duplicate' : 'stored');
  }

  /** Our own correlation ids begin with the process: one that has finished waits for nothing. */
  private async finishedOwner({ address }: MessageState): Promise<string | null> {
    const id = askerIn(address);
    const asker = id === undefined ? undefined : await stateOf(this.store, id);
    return asker && isFinished(asker.status) ? asker.id : null;
  }

  /** An event, for every process that listens for it or stands still for it, now or later. */
  emit(event: string, keys: readonly string[], body: Json, letter: DeliveryRequest): Promise<Delivery[]> {
    return this.events.emit(event, keys, body, letter);
  }

  /* ---------------------------------------------------------- matching again ---- */

  /** Are there messages for who waits at these addresses? Or for one of them, whose wait has just been committed: the others have looked. */
  async lookFor(addresses: readonly string[], processId?: string): Promise<void> {
    const stored = (await this.store.messagesAt(addresses).catch(() => [])).filter(({ disposition }) => disposition === 'stored');
    if (stored.length === 0) return;
    const found = await this.store.waitsAt(stored.map(({ address }) => address)).catch(() => []);
    const waits = found.filter((wait) => processId === undefined || wait.processId === processId);
    for (const message of stored)
      await this.rejoin(
        message,
        waits.filter(({ address }) => address === message.address),
      );
  }

  /** What both sides missed, because one of them was cut off. */
  async sweep(limit: number): Promise<void> {
    const pairs = await this.store.unmatched(this.registry.known(), limit, this.last);
    this.last = pairs.length === limit ? pairs.at(-1) : undefined;
    const messages = new Map(pairs.map(({ message }) => [message.id, message]));
    for (const message of messages.values()) await this.rejoin(message, pairs.filter((each) => each.message.id === message.id).map(({ wait }) => wait)); // prettier-ignore
  }

  private async rejoin(message: MessageState, waits: readonly WaitAt[]): Promise<void> {
    const open = waits.filter(({ closed }) => !closed);
    if (open.length === 0) return;
    if (isEvent(message.address)) return this.events.rejoin(message, open).catch(() => {});
    for (const wait of open) await this.courier.bring(message, wait, {}, { lookedUp: true }).catch(() => null);
  }
}
