/**
 * Events: one may be for many processes, each of which gets a copy of its own. It counts for a wait if it is in effect from the
 * moment on from which the wait counts; where waits say `matchOne`, it is for one of them.
 */
import type { MessageState } from '../core/change.js';
import { digestOf } from '../values/digest.js';
import { eventAddress, turnAddress } from '../core/addresses.js';
import type { Json } from '../values/json.js';
import type { ProcessState } from '../core/process.js';
import { type EventGate, stepsOf, unsolicitedSteps } from '../definition/graph.js';
import type { Loaded, WaitAt } from '../store/port.js';
import type { MessageDelivery } from './message-delivery.js';
import type { CallOptions } from '../writer/process-commands.js';
import { copyFor, type Delivery, gets, type DeliveryRequest, sameWait } from './delivery.js';
import { hears, type WorkflowRegistry } from '../workflows/registry.js';

/** What waits see of an event: all may have it, or one. */
interface Sorted {
  readonly each: readonly WaitAt[];
  readonly one: readonly WaitAt[];
}

export class EventRouter {
  constructor(
    private readonly courier: MessageDelivery,
    private readonly registry: WorkflowRegistry,
  ) {}

  /** Brings the event to every process that listens for it or stands still for it; keeps it for those that will. */
  async emit(event: string, keys: readonly string[], body: Json, letter: DeliveryRequest): Promise<Delivery[]> {
    const deliveries: Delivery[] = [];
    for (const key of new Set(keys)) {
      const id = letter.messageId ?? digestOf(String(this.courier.now()), String(Math.random()));
      const message = this.courier.letter(eventAddress(event, key), body, id, letter.effectiveAt);
      deliveries.push(...(await this.bringToWaiting(event, message, letter)), ...(await this.bringToListening(event, key, message, letter)));
    }
    return deliveries;
  }

  /* ------------------------------------------------------------ who stands still ---- */

  private async bringToWaiting(event: string, message: MessageState, letter: DeliveryRequest): Promise<Delivery[]> {
    const gates = this.gatesFor(event);
    const known = gates.length > 0 ? await this.courier.keep(message, letter) : [];
    const waits = (await this.courier.store.waitsAt([message.address])).filter(({ closed }) => !closed);
    const differ = letter.effectiveAt !== undefined || gates.some(({ since, matchOne }) => since || matchOne);
    const repeated = known.length > 0;
    if (!differ) return this.bringToEach(message, waits, letter, repeated);
    const { each, one } = await this.sorted(message, waits);
    return [...(await this.bringToEach(message, each, letter, repeated)), ...(await this.bringToOne(message, one, letter, repeated))];
  }

  /** As soon as it is kept, whoever looks into the inbox may be faster: only one that was known before is a duplicate. */
  private bringToEach(message: MessageState, waits: readonly WaitAt[], hand: CallOptions, repeated: boolean): Promise<Delivery[]> {
    const look = { kept: message, ...(!repeated && { lookedUp: true as const }) };
    return Promise.all(
      [...byProcess(waits)].map(async ([processId, [wait, ...others]]) => ({
        processId,
        disposition: await this.courier.bring(copyFor(message, processId), wait!, hand, { ...look, others }),
      })),
    );
  }

  /** Who waits has found it in the inbox: each is told, unless it has had its copy. */
  async rejoin(message: MessageState, waits: readonly WaitAt[]): Promise<void> {
    const { each, one } = await this.sorted(message, waits, true);
    for (const group of byProcess(each).values()) await this.bringToEach(message, group, {}, false).catch(() => null);
    await this.bringToOne(message, one, {}, false);
  }

  /** The waits it counts for. `anew`: and that have not had it, as they wait for the next one; and not those that were to have it alone when one has. */
  private async sorted(message: MessageState, waits: readonly WaitAt[], anew = false): Promise<Sorted> {
    const taken = takenId(message);
    const loaded = await this.courier.store.load(
      waits.map(({ processId, key }) => ({ id: processId, waits: [key], messages: [copyFor(message, processId).id, taken], context: false })),
    );
    const has = (at: number, isIt: (id: string) => boolean) => anew && loaded[at]!.messages.some(({ id }) => isIt(id));
    const found = waits.map((wait, at) => ({ wait, at })).filter(({ at }) => loaded[at] && counts(message, loaded[at]) && !has(at, (id) => id !== taken));
    const isOne = ({ wait, at }: (typeof found)[number]) => this.wantsItAlone(loaded[at]!.process, wait.step);
    const one = found.filter((each) => isOne(each) && !has(each.at, (id) => id === taken));
    return { each: found.filter((each) => !isOne(each)).map(({ wait }) => wait), one: one.map(({ wait }) => wait) };
  }

  private wantsItAlone({ workflow, workflowVersion }: ProcessState, step: string): boolean {
    const node = this.registry.find(workflow, workflowVersion)?.definition.nodes.get(step);
    return node?.kind === 'step' && node.gate.for === 'event' && node.gate.matchOne;
  }

  private gatesFor(event: string): EventGate[] {
    const nodes = this.registry.all().flatMap(({ definition }) => stepsOf(definition));
    return nodes.filter((node) => !node.unsolicited && hears(node, event)).map(({ gate }) => gate as EventGate);
  }

  /* -------------------------------------------------------------------- matchOne ---- */

  /** The first that takes it has it. Whoever else looks at the same time comes to the same one. */
  private async bringToOne(message: MessageState, waits: readonly WaitAt[], hand: CallOptions, repeated: boolean): Promise<Delivery[]> {
    const candidates = [...waits];
    for (let turn = 0; candidates.length > 0; turn++) {
      const chosen = await this.choose(message, turn, candidates[0]!, hand);
      const isKnown = candidates.some((wait) => sameWait(wait, chosen)); // else whoever knows its workflow finds it in the inbox
      if (sameWait(chosen, candidates[0]!)) candidates.shift();
      const look = { kept: message, ...(!repeated && { lookedUp: true as const }) };
      const disposition = await this.courier.bring(copyFor(message, chosen.processId), chosen, hand, look);
      if (disposition === 'late' || (disposition === 'stored' && isKnown)) continue;
      if (disposition === 'delivered')
        await this.courier.store.keepMessages([{ ...message, id: takenId(message), address: turnAddress(message.id) }], hand.manager);
      return [{ processId: chosen.processId, disposition }];
    }
    return [];
  }

  /** Whose turn it is, on all instances: who is written down first. */
  private async choose(message: MessageState, turn: number, wait: WaitAt, { manager }: CallOptions): Promise<WaitAt> {
    const { processId, key, run, step, address } = wait;
    const choice: MessageState = {
      ...message,
      id: digestOf(message.id, 'one', String(turn)),
      address: turnAddress(message.id),
      body: { processId, key, run, step, address, closed: false },
    };
    const [known] = await this.courier.store.keepMessages([choice], manager);
    return (known?.body as WaitAt | undefined) ?? wait;
  }

  /* ----------------------------------------------------------------- who listens ---- */

  private async bringToListening(event: string, key: string, message: MessageState, hand: CallOptions): Promise<Delivery[]> {
    const live = await this.courier.liveOf(this.registry.listeningTo(event), key, hand);
    return (await Promise.all(live.map((process) => this.bringToListeners(process, event, message, hand)))).flat();
  }

  private bringToListeners({ id, workflow, workflowVersion }: ProcessState, event: string, message: MessageState, hand: CallOptions): Promise<Delivery[]> {
    const definition = this.registry.find(workflow, workflowVersion)?.definition;
    const nodes = definition ? unsolicitedSteps(definition).filter((node) => hears(node, event)) : [];
    const letters = nodes.map(({ name }) => ({ name, copy: copyFor(message, id, name) }));
    return Promise.all(
      letters.map(async ({ name, copy }) => ({
        processId: id,
        disposition: await this.courier.settle(id, copy, { type: 'event-received', node: name, message: copy }, [], hand),
      })),
    );
  }
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

/** Once one has it, nobody need look whose turn it was. */
function takenId({ id }: MessageState): string {
  return digestOf(id, 'taken');
}

function counts(message: MessageState, { process, waits }: Loaded): boolean {
  return gets(message.effectiveAt, waits[0]?.from, process.startedAt);
}
