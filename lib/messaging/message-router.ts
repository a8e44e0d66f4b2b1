/**
 * Brings messages to the processes that wait for them. The side that commits second looks: after a message without a wait is stored,
 * waits are looked up again; after a wait is committed, the inbox is searched. So neither side can miss the other, and the sweep is
 * only for a look that was cut off.
 */
import type { CheckedMessage } from '../context/message.js';
import { isEvent, isResponse } from '../core/addresses.js';
import type { Change, Disposition, MessageState } from '../core/change.js';
import type { Match, WaitAt } from '../store/port.js';
import type { Json } from '../values/json.js';
import { awaitedAddresses, type DeliveryRequest, type Emitted, type ResponseTarget, toldAddresses } from './delivery.js';
import type { AddressedKey } from './event-keys.js';
import { EventRouter } from './event-router.js';
import { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';
import { ResponseRouter } from './response-router.js';

/** Few, because their bodies are read. */
const LATE_AT_ONCE = 50;

export class MessageRouter {
  readonly delivery: MessageDelivery;
  readonly responses: ResponseRouter;
  private readonly events: EventRouter;
  private scheduled: (at: number) => void = () => {};
  private readonly looking = new Set<string>();
  /** Where the next sweep goes on, because some messages match for ever: for example a `matchOne` event that another wait took. */
  private last: Match | undefined;
  private lastStored: Pick<MessageState, 'receivedAt' | 'id'> | undefined;

  constructor(private readonly parts: MessagingParts) {
    this.delivery = new MessageDelivery(parts, (addresses) => this.lookFor(addresses));
    this.events = new EventRouter(parts, this.delivery, (at) => this.scheduled(at));
    this.responses = new ResponseRouter(parts, this.delivery);
  }

  /** Looks for messages that the change waits for, and for waits that its messages are for. */
  committed(change: Change): void {
    if (change.waits.put.length + change.messages.length === 0) return; // most commits only end a step
    const { activity } = this.parts;
    const [awaited, told] = [awaitedAddresses(change), toldAddresses(change)];
    if (awaited.length > 0) activity.during(() => this.look(change.process.id, awaited));
    if (told.length > 0) activity.during(() => this.lookFor(told));
  }

  /** Sets what is told of the moment of a scheduled event. */
  onScheduled(told: (at: number) => void): void {
    this.scheduled = told;
  }

  /** True while the inbox is searched for a wait that was just committed: the process does not count as settled yet. */
  isLooking(processId: string): boolean {
    return this.looking.has(processId);
  }

  private async look(processId: string, addresses: readonly string[]): Promise<void> {
    this.looking.add(processId);
    await this.lookFor(addresses, processId).finally(() => this.looking.delete(processId));
  }

  respond(to: ResponseTarget, correlationId: string, answer: CheckedMessage, request: DeliveryRequest): Promise<Disposition> {
    return this.responses.respond(to, correlationId, answer, request);
  }

  /** Brings an event to every process that waits for it, now or later, or has an unsolicited step for it now. */
  emit(event: string, keys: readonly AddressedKey[], body: Json, request: DeliveryRequest): Promise<Emitted> {
    return this.events.emit(event, keys, body, request);
  }

  /* ---------------------------------------------------------- matching again ---- */

  /** Brings stored messages to the waits at these addresses. With `processId`, only to its waits, just committed: the others have looked. */
  async lookFor(addresses: readonly string[], processId?: string): Promise<void> {
    const { commits } = this.parts.store;
    const stored = await commits.messagesAt(addresses).catch(() => []);
    if (stored.length === 0) return;
    const found = await commits.waitsAt(stored.map(({ address }) => address)).catch(() => []);
    const waits = found.filter((wait) => processId === undefined || wait.processId === processId);
    for (const message of stored) await this.match(message, waits.filter(({ address }) => address === message.address)); // prettier-ignore
  }

  /** Brings messages that both sides missed, because one of them was cut off. */
  async sweep(limit: number): Promise<void> {
    const { store, registry } = this.parts;
    const pairs = await store.maintenance.unmatched(registry.known(), limit, this.last);
    this.last = pairs.length === limit ? pairs.at(-1) : undefined;
    const messages = new Map(pairs.map(({ message }) => [message.id, message]));
    for (const message of messages.values()) await this.match(message, pairs.filter((each) => each.message.id === message.id).map(({ wait }) => wait)); // prettier-ignore
    await this.sweepLate();
  }

  /** A page of the inbox at a time: says of each response whose step run is over by now that it was late. */
  private async sweepLate(): Promise<void> {
    const page = await this.parts.store.queries.messagesLike({
      dispositions: ['stored'],
      limit: LATE_AT_ONCE,
      ...(this.lastStored && { after: this.lastStored }),
    });
    this.lastStored = page.length === LATE_AT_ONCE ? page.at(-1) : undefined;
    for (const message of page) if (isResponse(message.address)) await this.responses.missStored(message).catch(() => null);
  }

  /** Brings a message of the inbox to the waits that it matches. */
  async match(message: MessageState, waits: readonly WaitAt[]): Promise<void> {
    const open = waits.filter(({ closed }) => !closed);
    if (open.length === 0) return;
    if (isEvent(message.address)) return this.events.match(message, open).catch(() => {});
    if (isResponse(message.address)) return void (await this.responses.bringToOne(message, open, { call: {}, stored: message }).catch(() => null));
    for (const wait of open) await this.delivery.bring(message, wait, {}, { lookedUp: true }).catch(() => null);
  }

  /* ------------------------------------------------------------ scheduled events ---- */

  /** Emits the events whose moment has come. An instance that knows no step for one leaves it to others. */
  async emitScheduled(limit: number): Promise<void> {
    const { maintenance } = this.parts.store;
    let last: MessageState | undefined;
    for (let found = limit; found === limit;) {
      const due = await maintenance.scheduledMessages(this.parts.clock.now().getTime(), limit, last);
      for (const message of due) if (this.events.isHeard(message)) await this.release(message);
      [found, last] = [due.length, due.at(-1)];
    }
  }

  /** First the steps beside the flow get it, which know it if it comes again; then those that wait, now or later. */
  async release(message: MessageState): Promise<void> {
    await this.events.bringScheduled(message);
    const isMine = await this.parts.store.maintenance.markMessage(message.id, ['scheduled'], 'stored', null);
    if (isMine) await this.lookFor([message.address]);
  }
}
