/**
 * Brings messages to the processes that wait for them. The side that commits second looks: after a message without a wait is stored,
 * waits are looked up again; after a wait is committed, the inbox is searched. So neither side can miss the other, and the sweep is
 * only for a look that was cut off.
 */
import { askerIn, isEvent, responseAddress } from '../core/addresses.js';
import type { Change, Disposition, MessageState } from '../core/change.js';
import { isFinished } from '../core/process.js';
import type { Match, WaitAt } from '../store/port.js';
import { NotWaitingError } from '../values/errors.js';
import type { Json } from '../values/json.js';
import { stateOf } from '../writer/batch-loader.js';
import type { CallOptions } from '../writer/call-options.js';
import {
  awaitedAddresses,
  type Delivery,
  type DeliveryHints,
  type DeliveryRequest,
  messageFor,
  openFirst,
  type ResponseTarget,
  toldAddresses,
} from './delivery.js';
import type { AddressedKey } from './event-keys.js';
import { EventRouter } from './event-router.js';
import { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';

export class MessageRouter {
  readonly delivery: MessageDelivery;
  private readonly events: EventRouter;
  private readonly looking = new Set<string>();
  /** Where the next sweep goes on, because some messages match for ever: for example a `matchOne` event that another wait took. */
  private last: Match | undefined;

  constructor(private readonly parts: MessagingParts) {
    this.delivery = new MessageDelivery(parts, (addresses) => this.lookFor(addresses));
    this.events = new EventRouter(parts, this.delivery);
  }

  /** Looks for messages that the change waits for, and for waits that its messages are for. */
  committed(change: Change): void {
    if (change.waits.put.length + change.messages.length === 0) return; // most commits only end a step
    const { activity } = this.parts;
    const [awaited, told] = [awaitedAddresses(change), toldAddresses(change)];
    if (awaited.length > 0) activity.during(() => this.look(change.process.id, awaited));
    if (told.length > 0) activity.during(() => this.lookFor(told));
  }

  /** True while the inbox is searched for a wait that was just committed: the process does not count as settled yet. */
  isLooking(processId: string): boolean {
    return this.looking.has(processId);
  }

  private async look(processId: string, addresses: readonly string[]): Promise<void> {
    this.looking.add(processId);
    await this.lookFor(addresses, processId).finally(() => this.looking.delete(processId));
  }

  async respond(to: ResponseTarget, correlationId: string, body: Json, request: DeliveryRequest): Promise<Disposition> {
    const message = messageFor(responseAddress(correlationId), body, request.messageId, this.parts.clock.now().getTime());
    return (await this.bringToWait(to, message, request)) ?? (await this.storeOrMiss(to, message, request));
  }

  private async bringToWait(to: ResponseTarget, message: MessageState, call: CallOptions, hints: DeliveryHints = {}): Promise<Disposition | null> {
    const [wait] = openFirst(await this.parts.store.commits.waitsAt([message.address]));
    if (!wait) return null;
    if (!to.steps.includes(wait.step))
      throw new NotWaitingError(wait.processId, to.step, [wait.step], `This correlation id belongs to step "${wait.step}", not to "${to.step}".`);
    return this.delivery.bring(message, wait, call, hints);
  }

  /** Handles a response without a wait: answered before, too late, or too early. Stores it only if a process may still wait for it. */
  private async storeOrMiss(to: ResponseTarget, message: MessageState, call: CallOptions): Promise<Disposition> {
    const known = await this.parts.store.commits.messagesAt([message.address]);
    const answered = known.find(({ processId }) => processId !== null);
    const late = answered?.processId ?? (await this.ownerOfOver(message));
    if (late) return this.delivery.miss(message, late, call);
    const same = known.find(({ id }) => id === message.id) ?? (await this.delivery.keep(message, call))[0];
    if (same && same.digest !== message.digest) return 'conflict';
    const found = await this.bringToWait(to, message, call, same ? {} : { lookedUp: true });
    return found ?? (same ? 'duplicate' : 'stored');
  }

  /** Correlation ids of the engine name the process and the step run: a step run that is over waits for nothing any more. */
  private async ownerOfOver({ address }: MessageState): Promise<string | null> {
    const asker = askerIn(address);
    if (!asker || (await this.isParked(asker))) return null;
    const process = await stateOf(this.parts.store, asker.id);
    if (!process || asker.run > process.runs) return null;
    const isOpen = process.tokens.some(({ run }) => run === asker.run) || (await this.isParked(asker)); // parked since it was looked for
    return isFinished(process.status) || !isOpen ? process.id : null;
  }

  private async isParked({ id, run }: { readonly id: string; readonly run: number }): Promise<boolean> {
    return (await this.parts.store.queries.waitsOf(id)).some(({ token }) => token.run === run);
  }

  /** Brings an event to every process that waits for it, now or later, or has an unsolicited step for it now. */
  emit(event: string, keys: readonly AddressedKey[], body: Json, request: DeliveryRequest): Promise<Delivery[]> {
    return this.events.emit(event, keys, body, request);
  }

  /* ---------------------------------------------------------- matching again ---- */

  /** Brings stored messages to the waits at these addresses. With `processId`, only to its waits, just committed: the others have looked. */
  async lookFor(addresses: readonly string[], processId?: string): Promise<void> {
    const { commits } = this.parts.store;
    const stored = (await commits.messagesAt(addresses).catch(() => [])).filter(({ disposition }) => disposition === 'stored');
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
  }

  private async match(message: MessageState, waits: readonly WaitAt[]): Promise<void> {
    const open = waits.filter(({ closed }) => !closed);
    if (open.length === 0) return;
    if (isEvent(message.address)) return this.events.match(message, open).catch(() => {});
    for (const wait of open) await this.delivery.bring(message, wait, {}, { lookedUp: true }).catch(() => null);
  }
}
