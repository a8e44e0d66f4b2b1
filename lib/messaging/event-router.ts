/**
 * Routes events. One event may be for many processes, each of which gets its own copy. An event matches a wait if it took effect at or
 * after the time from which the wait counts. Only one of the waits with `matchOne` gets it.
 */
import { eventIn, eventKeyIn, keyNameIn } from '../core/addresses.js';
import type { Disposition, MessageState } from '../core/change.js';
import { newMessage } from '../core/engine-messages.js';
import type { ProcessState } from '../core/process.js';
import { unsolicitedSteps } from '../definition/graph.js';
import type { Loaded, WaitAt } from '../store/port.js';
import { digestOf } from '../values/digest.js';
import { grouped } from '../values/grouped.js';
import { inPieces } from '../values/in-pieces.js';
import { newId } from '../values/new-id.js';
import type { Json } from '../values/json.js';
import { hears } from '../workflows/registry.js';
import type { CallOptions } from '../writer/call-options.js';
import { copyFor, type Delivery, type DeliveryRequest, type Emitted, isInEffect } from './delivery.js';
import type { AddressedKey } from './event-keys.js';
import { gatesFor, isHeard } from './event-steps.js';
import { MatchOne, noteOfTaken } from './match-one.js';
import type { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';
import { RepeatedEvents } from './repeated-events.js';
import { UnheardEvents } from './unheard-events.js';

/** Waits that an event matches: every wait in `each` gets it, only one of those in `one`. */
interface SortedWaits {
  readonly each: readonly WaitAt[];
  readonly one: readonly WaitAt[];
}

const NO_PROCESSES: ReadonlyMap<string, ProcessState[]> = new Map();
/** Keys that are served at once. */
const AT_ONCE = 100;

export class EventRouter {
  private readonly one: MatchOne;
  private readonly repeats: RepeatedEvents;
  private readonly unheard: UnheardEvents;

  constructor(
    private readonly parts: MessagingParts,
    private readonly delivery: MessageDelivery,
    /** Told of the moment of a scheduled event. */
    private readonly scheduled: (at: number) => void,
  ) {
    this.one = new MatchOne(parts, delivery);
    this.repeats = new RepeatedEvents(parts, delivery);
    this.unheard = new UnheardEvents(parts.registry);
  }

  /** Brings the event to every process that waits for it or has an unsolicited step for it, and keeps it for later waits. */
  async emit(event: string, keys: readonly AddressedKey[], body: Json, request: DeliveryRequest): Promise<Emitted> {
    const gates = gatesFor(this.parts.registry, event);
    if (gates.length === 0 && !isHeard(this.parts.registry, event)) this.unheard.tell(event);
    const now = this.parts.clock.now().getTime();
    const messages = keys.map(({ address }) => messageOf(address, body, request, now));
    if (request.effectiveAt !== undefined && request.effectiveAt > now) return this.schedule(messages, request.effectiveAt, request);
    const isKept = gates.length > 0;
    const kept = new Map((isKept ? await this.delivery.keepAll(messages, request) : []).map((row) => [row.id, row]));
    const waits = await this.openWaits(messages);
    const live = await this.liveByKey(event, messages, request);
    const differ = request.effectiveAt !== undefined || gates.some(({ since, matchOne }) => since || matchOne);
    const bringAll = (message: MessageState) =>
      Promise.all([
        this.bringToWaiting(message, waits.get(message.address) ?? [], differ, request, kept.has(message.id)),
        ...(live.get(groupIdIn(message) ?? '') ?? []).map((process) => this.bringToListeners(process, message, request)),
      ]);
    const deliveries = await inPieces(messages, AT_ONCE, async (message) => {
      const brought = (await bringAll(message)).flat();
      return kept.has(message.id) ? [...brought, ...(await this.repeats.tellOthers(message, kept.get(message.id)!, brought, request))] : brought;
    });
    return { deliveries, disposition: repeatOf(messages, kept) ?? dispositionOfAll(deliveries, isKept) };
  }

  /** Keeps the event until it is in effect. */
  private async schedule(messages: readonly MessageState[], at: number, request: DeliveryRequest): Promise<Emitted> {
    const known = await this.delivery.keepAll(messages.map((message) => ({ ...message, disposition: 'scheduled' as const, receivedAt: at })), request); // prettier-ignore
    if (request.manager === undefined) this.scheduled(at);
    return { deliveries: [], disposition: repeatOf(messages, new Map(known.map((row) => [row.id, row]))) ?? 'scheduled' };
  }

  /** True if a step of a workflow that is known here is for this event. */
  isHeard({ address }: MessageState): boolean {
    return isHeard(this.parts.registry, eventIn(address) ?? '');
  }

  /** Brings an event whose moment has come to the unsolicited steps. Another instance may do the same. */
  async bringScheduled(message: MessageState): Promise<void> {
    const live = await this.liveByKey(eventIn(message.address) ?? '', [message], {});
    for (const process of [...live.values()].flat()) await this.bringToListeners(process, message, {}, true);
  }

  /* ------------------------------------------------------------------ open waits ---- */

  private async openWaits(messages: readonly MessageState[]): Promise<ReadonlyMap<string, WaitAt[]>> {
    const waits = await this.parts.store.commits.waitsAt(messages.map(({ address }) => address));
    return grouped(waits.filter(({ closed }) => !closed), ({ address }) => address); // prettier-ignore
  }

  private async bringToWaiting(
    message: MessageState,
    waits: readonly WaitAt[],
    differ: boolean,
    request: DeliveryRequest,
    repeated: boolean,
  ): Promise<Delivery[]> {
    if (!differ) return this.bringToEach(message, waits, request, repeated);
    const { each, one } = await this.sorted(message, waits);
    return [...(await this.bringToEach(message, each, request, repeated)), ...(await this.one.bring(message, one, request, repeated))];
  }

  /** A kept event may be found in the inbox before it is brought here, so only one that was known before is a duplicate. */
  private bringToEach(message: MessageState, waits: readonly WaitAt[], call: CallOptions, repeated: boolean): Promise<Delivery[]> {
    const hints = { kept: message, ...(!repeated && { lookedUp: true as const }) };
    return Promise.all(
      [...grouped(waits, ({ processId }) => processId)].map(async ([processId, [wait, ...others]]) => ({
        processId,
        disposition: await this.delivery.bring(copyFor(message, processId), wait!, call, { ...hints, others }),
      })),
    );
  }

  /** Brings an event found in the inbox to these waits, except to those that had their copy. */
  async match(message: MessageState, waits: readonly WaitAt[]): Promise<void> {
    const { each, one } = await this.sorted(message, waits, true);
    for (const group of grouped(each, ({ processId }) => processId).values()) await this.bringToEach(message, group, {}, false).catch(() => null);
    await this.one.bring(message, one, {}, false);
  }

  /** Open waits that this event matches. With `rematch`, skips waits that already received it, and `matchOne` waits once one received it. */
  private async sorted(message: MessageState, waits: readonly WaitAt[], rematch = false): Promise<SortedWaits> {
    const taken = noteOfTaken(message);
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

  /* ----------------------------------------------------------- unsolicited steps ---- */

  private async liveByKey(event: string, messages: readonly MessageState[], call: CallOptions): Promise<ReadonlyMap<string, ProcessState[]>> {
    const keys = messages.flatMap((message) => groupIdIn(message) ?? []);
    if (keys.length === 0) return NO_PROCESSES;
    return grouped(await this.delivery.liveOf(this.parts.registry.listeningTo(event), keys, call), ({ groupId }) => groupId);
  }

  private bringToListeners({ id, workflow, workflowVersion }: ProcessState, message: MessageState, call: CallOptions, lookedUp = false): Promise<Delivery[]> {
    const definition = this.parts.registry.find(workflow, workflowVersion)?.definition;
    const event = eventIn(message.address) ?? '';
    const nodes = definition ? unsolicitedSteps(definition).filter((node) => hears(node, event)) : [];
    const receivedBy = (node: string) => ({
      type: 'event-received' as const,
      node,
      message: copyFor(message, id, node),
      ...(lookedUp && { lookedUp: true as const }),
    });
    return Promise.all(nodes.map(async ({ name }) => ({ processId: id, disposition: await this.delivery.apply(id, receivedBy(name), call) })));
  }
}

/** What the event is if it was known under each of its keys; undefined: it is new. */
function repeatOf(messages: readonly MessageState[], kept: ReadonlyMap<string, MessageState>): Disposition | undefined {
  if (messages.some(({ id, digest }) => kept.has(id) && kept.get(id)!.digest !== digest)) return 'conflict';
  return messages.every(({ id }) => kept.has(id)) ? 'duplicate' : undefined;
}

function dispositionOfAll(deliveries: readonly Delivery[], isKept: boolean): Disposition {
  const told = (['delivered', 'conflict', 'duplicate'] as const).find((each) => deliveries.some(({ disposition }) => disposition === each));
  return told ?? (isKept ? 'stored' : 'discarded');
}

/** Without a `messageId`, each event is a new one; events of one millisecond keep their order. */
function messageOf(address: string, body: Json, { messageId, sender, effectiveAt }: DeliveryRequest, now: number): MessageState {
  const id = messageId === undefined ? newId(now) : digestOf(address, ...(sender === undefined ? [] : [sender]), messageId);
  return newMessage(id, address, body, now, effectiveAt);
}

/** The group id that the key of an event may be. A key with a name is none. */
function groupIdIn({ address }: MessageState): string | undefined {
  return keyNameIn(address) === undefined ? eventKeyIn(address) : undefined;
}

function counts(message: MessageState, { process, waits: [wait] }: Loaded): boolean {
  const from = wait && 'from' in wait.token ? wait.token.from : undefined;
  return isInEffect(message.effectiveAt, from, process.startedAt);
}
