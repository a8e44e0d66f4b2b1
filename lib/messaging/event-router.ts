/**
 * Routes events. One event may be for many processes, each of which gets its own copy. An event matches a wait if it took effect at or
 * after the time from which the wait counts. Only one of the waits with `matchOne` gets it.
 */
import { turnAddress } from '../core/addresses.js';
import type { MessageState } from '../core/change.js';
import { newMessage } from '../core/engine-messages.js';
import type { ProcessState } from '../core/process.js';
import { type EventGate, stepsOf, unsolicitedSteps } from '../definition/graph.js';
import type { Loaded, WaitAt } from '../store/port.js';
import { digestOf } from '../values/digest.js';
import { newId } from '../values/new-id.js';
import type { Json } from '../values/json.js';
import { hears } from '../workflows/registry.js';
import type { CallOptions } from '../writer/call-options.js';
import { copyFor, type Delivery, type DeliveryRequest, isInEffect, isSameWait, messageFor } from './delivery.js';
import type { AddressedKey } from './event-keys.js';
import type { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';

/** Waits that an event matches: every wait in `each` gets it, only one of those in `one`. */
interface SortedWaits {
  readonly each: readonly WaitAt[];
  readonly one: readonly WaitAt[];
}

export class EventRouter {
  constructor(
    private readonly parts: MessagingParts,
    private readonly delivery: MessageDelivery,
  ) {}

  /** Brings the event to every process that waits for it or has an unsolicited step for it, and keeps it for later waits. */
  async emit(event: string, keys: readonly AddressedKey[], body: Json, request: DeliveryRequest): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    const now = this.parts.clock.now().getTime();
    for (const { address, groupId } of keys) {
      const message = messageOf(address, body, request, now);
      deliveries.push(...(await this.bringToWaiting(event, message, request)));
      if (groupId !== undefined) deliveries.push(...(await this.bringToListening(event, groupId, message, request)));
    }
    return deliveries;
  }

  /* ------------------------------------------------------------------ open waits ---- */

  private async bringToWaiting(event: string, message: MessageState, request: DeliveryRequest): Promise<Delivery[]> {
    const gates = this.gatesFor(event);
    const known = gates.length > 0 ? await this.delivery.keep(message, request) : [];
    const waits = (await this.parts.store.commits.waitsAt([message.address])).filter(({ closed }) => !closed);
    const differ = request.effectiveAt !== undefined || gates.some(({ since, matchOne }) => since || matchOne);
    const repeated = known.length > 0;
    if (!differ) return this.bringToEach(message, waits, request, repeated);
    const { each, one } = await this.sorted(message, waits);
    return [...(await this.bringToEach(message, each, request, repeated)), ...(await this.bringToOne(message, one, request, repeated))];
  }

  /** A kept event may be found in the inbox before it is brought here, so only one that was known before is a duplicate. */
  private bringToEach(message: MessageState, waits: readonly WaitAt[], call: CallOptions, repeated: boolean): Promise<Delivery[]> {
    const hints = { kept: message, ...(!repeated && { lookedUp: true as const }) };
    return Promise.all(
      [...byProcess(waits)].map(async ([processId, [wait, ...others]]) => ({
        processId,
        disposition: await this.delivery.bring(copyFor(message, processId), wait!, call, { ...hints, others }),
      })),
    );
  }

  /** Brings an event found in the inbox to these waits, except to those that had their copy. */
  async match(message: MessageState, waits: readonly WaitAt[]): Promise<void> {
    const { each, one } = await this.sorted(message, waits, true);
    for (const group of byProcess(each).values()) await this.bringToEach(message, group, {}, false).catch(() => null);
    await this.bringToOne(message, one, {}, false);
  }

  /** Open waits that this event matches. With `rematch`, skips waits that already received it, and `matchOne` waits once one received it. */
  private async sorted(message: MessageState, waits: readonly WaitAt[], rematch = false): Promise<SortedWaits> {
    const taken = takenId(message);
    const loaded = await this.parts.store.commits.load(
      waits.map(({ processId, key }) => ({ id: processId, waits: [key], messages: [copyFor(message, processId).id, taken], context: false })),
    );
    const has = (at: number, isIt: (id: string) => boolean) => rematch && loaded[at]!.messages.some(({ id }) => isIt(id));
    const found = waits.map((wait, at) => ({ wait, at })).filter(({ at }) => loaded[at] && counts(message, loaded[at]) && !has(at, (id) => id !== taken));
    const isOne = ({ wait, at }: (typeof found)[number]) => this.wantsItAlone(loaded[at]!.process, wait.step);
    const one = found.filter((each) => isOne(each) && !has(each.at, (id) => id === taken));
    return { each: found.filter((each) => !isOne(each)).map(({ wait }) => wait), one: one.map(({ wait }) => wait) };
  }

  private wantsItAlone({ workflow, workflowVersion }: ProcessState, step: string): boolean {
    const node = this.parts.registry.find(workflow, workflowVersion)?.definition.nodes.get(step);
    return node?.kind === 'step' && node.gate.for === 'event' && node.gate.matchOne;
  }

  private gatesFor(event: string): EventGate[] {
    const nodes = this.parts.registry.all().flatMap(({ definition }) => stepsOf(definition));
    return nodes.filter((node) => !node.unsolicited && hears(node, event)).map(({ gate }) => gate as EventGate);
  }

  /* -------------------------------------------------------------------- matchOne ---- */

  /** Brings the event to the first wait that takes it. Instances that look at the same time choose the same wait. */
  private async bringToOne(message: MessageState, waits: readonly WaitAt[], call: CallOptions, repeated: boolean): Promise<Delivery[]> {
    const candidates = [...waits];
    const hints = { kept: message, ...(!repeated && { lookedUp: true as const }) };
    for (let turn = 0; candidates.length > 0; turn++) {
      const chosen = await this.choose(message, turn, candidates[0]!, call);
      const isKnown = candidates.some((wait) => isSameWait(wait, chosen)); // otherwise an instance that knows its workflow finds it
      if (isSameWait(chosen, candidates[0]!)) candidates.shift();
      const disposition = await this.delivery.bring(copyFor(message, chosen.processId), chosen, call, hints);
      if (disposition === 'late' || (disposition === 'stored' && isKnown)) continue;
      if (disposition === 'delivered') await this.noteTaken(message, call);
      return [{ processId: chosen.processId, disposition }];
    }
    return [];
  }

  /** The wait whose turn it is, on all instances: the choice that is stored first. */
  private async choose(message: MessageState, turn: number, wait: WaitAt, { manager }: CallOptions): Promise<WaitAt> {
    const { processId, key, run, step, address } = wait;
    const choice: MessageState = {
      ...message,
      id: digestOf(message.id, 'one', String(turn)),
      address: turnAddress(message.id),
      body: { processId, key, run, step, address, closed: false },
    };
    const [known] = await this.parts.store.commits.keepMessages([choice], manager);
    return (known?.body as WaitAt | undefined) ?? wait;
  }

  private async noteTaken(message: MessageState, { manager }: CallOptions): Promise<void> {
    await this.parts.store.commits.keepMessages([{ ...message, id: takenId(message), address: turnAddress(message.id) }], manager);
  }

  /* ----------------------------------------------------------- unsolicited steps ---- */

  private async bringToListening(event: string, key: string, message: MessageState, call: CallOptions): Promise<Delivery[]> {
    const live = await this.delivery.liveOf(this.parts.registry.listeningTo(event), key, call);
    return (await Promise.all(live.map((process) => this.bringToListeners(process, event, message, call)))).flat();
  }

  private bringToListeners({ id, workflow, workflowVersion }: ProcessState, event: string, message: MessageState, call: CallOptions): Promise<Delivery[]> {
    const definition = this.parts.registry.find(workflow, workflowVersion)?.definition;
    const nodes = definition ? unsolicitedSteps(definition).filter((node) => hears(node, event)) : [];
    return Promise.all(
      nodes.map(async ({ name: node }) => ({
        processId: id,
        disposition: await this.delivery.apply(id, { type: 'event-received', node, message: copyFor(message, id, node) }, call),
      })),
    );
  }
}

/** Without a `messageId`, each event is a new one; events of one millisecond keep their order. */
function messageOf(address: string, body: Json, { messageId, effectiveAt }: DeliveryRequest, now: number): MessageState {
  return messageId === undefined ? newMessage(newId(now), address, body, now, effectiveAt) : messageFor(address, body, messageId, now, effectiveAt);
}

function byProcess(waits: readonly WaitAt[]): ReadonlyMap<string, WaitAt[]> {
  const found = new Map<string, WaitAt[]>();
  for (const wait of waits) {
    const group = found.get(wait.processId);
    if (group) group.push(wait);
    else found.set(wait.processId, [wait]);
  }
  return found;
}

/** The id of the note that one wait has taken the event, so that no more turns are needed. */
function takenId({ id }: MessageState): string {
  return digestOf(id, 'taken');
}

function counts(message: MessageState, { process, waits: [wait] }: Loaded): boolean {
  const from = wait && 'from' in wait.token ? wait.token.from : undefined;
  return isInEffect(message.effectiveAt, from, process.startedAt);
}
