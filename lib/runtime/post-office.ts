/**
 * Brings messages to the processes that wait for them. Whoever commits second looks: a message that finds no wait is stored,
 * and looks again; a wait that has been committed looks in the inbox. So neither side can miss the other, and the sweep is
 * only a net for a look that was cut off.
 */
import { bodyDigest, digestOf } from '../core/digest.js';
import type { Disposition, MessageState } from '../core/change.js';
import { eventAddress, responseAddress } from '../core/enter.js';
import { isFinished } from '../core/process.js';
import type { Json } from '../core/json.js';
import { unsolicitedSteps } from '../definition/graph.js';
import { NotWaitingError, UnknownWorkflowError } from '../errors.js';
import type { ProcessStore, WaitAt } from '../store/process-store.js';
import type { Activity } from './activity.js';
import type { Clock } from './clock.js';
import type { Hand, Hands } from './hands.js';
import { hears, type WorkflowRegistry } from './registry.js';
import { type Addressed, addressesIn, copyFor, type Delivery, dispositionOf, type Look, preferOpen } from './letters.js';
import type { Told } from './seat.js';

export class PostOffice {
  private readonly looking = new Set<string>();

  constructor(
    private readonly store: ProcessStore,
    private readonly registry: WorkflowRegistry,
    private readonly hands: Hands,
    private readonly clock: Clock,
    private readonly activity: Activity,
  ) {
    hands.writer.afterCommit((change) => {
      const addresses = addressesIn(change);
      if (addresses.length > 0) activity.during(() => this.look(change.process.id, addresses));
    });
  }

  /** Its wait has just been committed, and its message may be here already: nobody should call it settled yet. */
  isLooking(processId: string): boolean {
    return this.looking.has(processId);
  }

  private async look(processId: string, addresses: readonly string[]): Promise<void> {
    this.looking.add(processId);
    await this.lookFor(addresses).finally(() => this.looking.delete(processId));
  }

  /* --------------------------------------------------------------- responses ---- */

  async respond(to: Addressed, correlationId: string, body: Json, hand: Hand & { messageId?: string }): Promise<Disposition> {
    const address = responseAddress(correlationId);
    const message = this.letter(address, body, hand.messageId);
    return (await this.tryWaits(to, message, hand)) ?? (await this.storeOrLate(to, message, hand));
  }

  private async tryWaits(to: Addressed, message: MessageState, hand: Hand, look: Look = {}): Promise<Disposition | null> {
    const [wait] = preferOpen(await this.store.waitsAt([message.address]));
    if (!wait) return null;
    if (wait.step !== to.step)
      throw new NotWaitingError(wait.processId, to.step, [wait.step], `This correlation id belongs to step "${wait.step}", not to "${to.step}".`);
    return this.bring(message, wait, hand, look);
  }

  /** Unknown so far: answered before, too late, or too early. Only what may still be waited for is stored. */
  private async storeOrLate(to: Addressed, message: MessageState, hand: Hand): Promise<Disposition> {
    const known = await this.store.messagesAt([message.address]);
    const answered = known.find(({ processId }) => processId !== null);
    const late = answered?.processId ?? (await this.finishedOwner(message));
    if (late) return this.miss(message, late, hand);
    const same = known.find(({ id }) => id === message.id) ?? (await this.keep(message, hand))[0];
    if (same && same.digest !== message.digest) return 'conflict';
    const found = await this.tryWaits(to, message, hand, same ? {} : { lookedUp: true });
    return found ?? (same ? 'duplicate' : 'stored');
  }

  /** Our own correlation ids begin with the process: one that has finished waits for nothing. */
  private async finishedOwner({ address }: MessageState): Promise<string | null> {
    const id = /^r:(.+)\.\d+$/.exec(address)?.[1];
    if (id === undefined) return null;
    const [loaded] = await this.store.load([{ id, waits: [], messages: [], context: false }]);
    return loaded && isFinished(loaded.process.status) ? id : null;
  }

  private async miss(message: MessageState, processId: string, hand: Hand): Promise<Disposition> {
    return this.settle(processId, message, { type: 'message-missed', message }, [], hand);
  }

  /* ------------------------------------------------------------------ events ---- */

  /** Brings the event to every process that listens for it or stands still for it; keeps it for those that will. */
  async emit(event: string, keys: readonly string[], body: Json, hand: Hand & { messageId?: string }): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const key of new Set(keys)) {
      const message = this.letter(eventAddress(event, key), body, hand.messageId ?? digestOf(String(this.now()), String(Math.random())));
      if (this.registry.isAwaited(event)) await this.keep(message, hand);
      deliveries.push(...(await this.bringToWaiting(message, hand)), ...(await this.bringToListening(event, key, message, hand)));
    }
    return deliveries;
  }

  private async bringToWaiting(message: MessageState, hand: Hand): Promise<Delivery[]> {
    const waits = (await this.store.waitsAt([message.address])).filter(({ closed }) => !closed);
    return Promise.all(
      waits.map(async (wait) => ({
        processId: wait.processId,
        disposition: await this.bring(copyFor(message, wait.processId), wait, hand, { kept: message }),
      })),
    );
  }

  private async bringToListening(event: string, key: string, message: MessageState, hand: Hand): Promise<Delivery[]> {
    const found = await this.store.byGroup(this.registry.listeningTo(event), key);
    const live = found.filter(({ status }) => !isFinished(status));
    const known = live.map(({ id, workflow, workflowVersion }) => ({ id, definition: this.registry.find(workflow, workflowVersion)?.definition }));
    return (await Promise.all(known.map(({ id, definition }) => this.bringToListeners(id, definition, event, message, hand)))).flat();
  }

  private async bringToListeners(
    processId: string,
    definition: Parameters<typeof unsolicitedSteps>[0] | undefined,
    event: string,
    message: MessageState,
    hand: Hand,
  ): Promise<Delivery[]> {
    const nodes = definition ? unsolicitedSteps(definition).filter((node) => hears(node, event)) : [];
    const letters = nodes.map(({ name }) => ({ name, letter: copyFor(message, processId, name) }));
    return Promise.all(
      letters.map(async ({ name, letter }) => ({
        processId,
        disposition: await this.settle(processId, letter, { type: 'event-received', node: name, message: letter }, [], hand),
      })),
    );
  }

  /* ---------------------------------------------------------- matching again ---- */

  /** A wait has been committed: is its message here already? */
  private async lookFor(addresses: readonly string[]): Promise<void> {
    const stored = (await this.store.messagesAt(addresses).catch(() => [])).filter(({ disposition }) => disposition === 'stored');
    if (stored.length === 0) return;
    const waits = await this.store.waitsAt(stored.map(({ address }) => address)).catch(() => []);
    for (const message of stored) for (const wait of waits) if (wait.address === message.address) await this.rejoin(message, wait);
  }

  /** What both sides missed, because one of them was cut off. */
  async sweep(limit: number): Promise<void> {
    for (const { message, wait } of await this.store.unmatched(limit)) await this.rejoin(message, wait);
  }

  /** An event goes to every process that waits for it, and only to one that was there before it; a response to one. */
  private async rejoin(message: MessageState, wait: WaitAt): Promise<void> {
    if (wait.closed) return;
    const hand: Hand = {};
    if (!message.address.startsWith('e:')) return void (await this.bring(message, wait, hand, { lookedUp: true }).catch(() => null));
    const copy = copyFor(message, wait.processId);
    const [loaded] = await this.store.load([{ id: wait.processId, waits: [], messages: [copy.id], context: false }]).catch(() => []);
    const had = loaded && loaded.messages.length > 0; // it waits for the next one
    if (loaded && !had && loaded.process.startedAt <= message.receivedAt)
      await this.bring(copy, wait, hand, { kept: message, lookedUp: true }).catch(() => null);
  }

  /* ---------------------------------------------------------------- delivery ---- */

  private bring(message: MessageState, wait: WaitAt, hand: Hand, { kept, lookedUp }: Look = {}): Promise<Disposition> {
    if (wait.closed) return this.miss(message, wait.processId, hand);
    const told: Told = { type: 'message-received', key: wait.key, run: wait.run, message, ...(lookedUp && { lookedUp }) };
    return this.settle(wait.processId, message, told, [wait.key], hand, kept);
  }

  private async settle(processId: string, message: MessageState, told: Told, waits: readonly string[], hand: Hand, kept = message): Promise<Disposition> {
    const applied = await this.hands.tell(processId, { tell: () => told, waits, messages: [message.id] }, hand).catch((error: unknown) => {
      if (error instanceof UnknownWorkflowError) return null; // an instance that knows its definition will find it in the inbox
      throw error;
    });
    if (applied) return dispositionOf(applied) ?? this.dispositionFound(message);
    await this.keep(kept, hand);
    return 'stored';
  }

  /** The other side was faster: what it made of the message is in the inbox. */
  private async dispositionFound({ id, address }: MessageState): Promise<Disposition> {
    return (await this.store.messagesAt([address])).find((each) => each.id === id)?.disposition ?? 'late';
  }

  /** In a transaction of the caller's nobody sees it before the commit: then is the time to look who waits for it. */
  private async keep(message: MessageState, { manager }: Hand): Promise<readonly MessageState[]> {
    const known = await this.store.keepMessages([message], manager);
    if (manager !== undefined) this.store.afterCommit(manager, () => this.activity.during(() => this.lookFor([message.address])));
    return known;
  }

  private letter(address: string, body: Json, messageId: string | undefined): MessageState {
    const digest = bodyDigest(body);
    return { id: digestOf(address, messageId ?? digest), address, processId: null, disposition: 'stored', body, digest, receivedAt: this.now() };
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
