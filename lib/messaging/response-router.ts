/**
 * Brings responses to the steps that asked. The address of a response is a correlation id; its workflow and step travel with it. The step
 * that waits applies its own rules to it, whether the response comes now or was stored before: what does not fit is refused, and the step
 * waits on.
 */
import { type CheckedMessage, checkedMessage } from '../context/message.js';
import { type Asker, askerIn, namedIn, overAddress, responseAddress } from '../core/addresses.js';
import type { Disposition, MessageState } from '../core/change.js';
import { isFinished } from '../core/process.js';
import { visitsToUndo } from '../execution/compensation.js';
import type { WaitAt } from '../store/port.js';
import { digestOf } from '../values/digest.js';
import { StoreUnavailableError, WorkflowError } from '../values/errors.js';
import type { Json } from '../values/json.js';
import { newId } from '../values/new-id.js';
import { stateOf } from '../writer/batch-loader.js';
import type { CallOptions } from '../writer/call-options.js';
import { asksAs, asksUnder, isParked } from './askers.js';
import { copyForWait, type DeliveryRequest, responseTo, type ResponseTarget } from './delivery.js';
import type { MessageDelivery } from './message-delivery.js';
import type { MessagingParts } from './messaging-parts.js';
import { UnaskedAnswers } from './unasked-answers.js';

/** Why a step does not take a response. */
class Misfit {
  constructor(readonly reason: string) {}
}

/** How a response is brought. `stored`: its row in the inbox, from which it is taken. */
interface Bringing {
  readonly answer?: CheckedMessage | undefined;
  readonly call: CallOptions;
  readonly stored?: MessageState;
}

export class ResponseRouter {
  readonly unasked: UnaskedAnswers;

  constructor(
    private readonly parts: MessagingParts,
    private readonly delivery: MessageDelivery,
  ) {
    this.unasked = new UnaskedAnswers(parts);
  }

  async respond(to: ResponseTarget, correlationId: string, answer: CheckedMessage, request: DeliveryRequest): Promise<Disposition> {
    const message = responseTo(to, responseAddress(correlationId), answer.given, request, this.parts.clock.now().getTime());
    const waits = await this.waitsFor(message, request);
    return (await this.bringToOne(message, waits, { answer, call: request })) ?? (await this.storeOrMiss(message, waits, answer, request));
  }

  /** The waits under its id. A response that was stored before goes first, if the look of the wait for it was cut off: in the same transaction. */
  private async waitsFor({ address }: MessageState, { manager }: CallOptions): Promise<readonly WaitAt[]> {
    const { commits } = this.parts.store;
    const [waits, before] = await Promise.all([commits.waitsAt([address]), commits.messagesAt([address])]);
    const open = waits.filter(({ closed }) => !closed);
    if (open.length === 0 || before.length === 0) return waits;
    for (const stored of before) await this.bringToOne(stored, open, { call: manager === undefined ? {} : { manager }, stored });
    return commits.waitsAt([address]);
  }

  /** Brings a response to the first of these waits whose step takes it. Null: none of them is open. */
  async bringToOne(message: MessageState, waits: readonly WaitAt[], bringing: Bringing): Promise<Disposition | null> {
    let refused: readonly [WaitAt, Misfit] | undefined;
    for (const wait of waits.filter(({ closed }) => !closed)) {
      const body = await this.taken(message, wait, bringing.answer);
      if (!(body instanceof Misfit)) return this.bring(message, body, wait, bringing);
      refused ??= [wait, body];
    }
    return refused ? this.refuse(message, ...refused, bringing) : null;
  }

  private bring(message: MessageState, body: Json, wait: WaitAt, { call, stored }: Bringing): Promise<Disposition> {
    const hints = { kept: message, ...(stored ? { lookedUp: true as const, stored } : { lateId: lateId(message, wait.processId) }) };
    return this.delivery.bring({ ...copyForWait(message, wait), body }, wait, call, hints);
  }

  private refuse(message: MessageState, wait: WaitAt, { reason }: Misfit, { call, stored }: Bringing): Promise<Disposition> {
    return this.delivery.refuse({ ...(stored ?? copyForWait(message, wait)), reason }, wait, call);
  }

  /** The body as the step stores it. A workflow that is not known here decides elsewhere. */
  private async taken(message: MessageState, wait: WaitAt, answer: CheckedMessage | undefined): Promise<Json | Misfit> {
    const { registry } = this.parts;
    const bound = registry.find(wait.workflow, wait.workflowVersion);
    if (!bound) return message.body;
    const { workflow, step } = message;
    if (workflow !== null && step !== null && !(workflow === wait.workflow && registry.answers(bound, step, wait.step)))
      return new Misfit(`It is for step "${step}" of workflow "${workflow}". Step "${wait.step}" of workflow "${wait.workflow}" waits under this id.`);
    const schema = bound.steps.get(wait.step)?.message;
    if (answer && answer.schema === schema) return answer.stored;
    return checkedMessage(schema, message.body, `The response to ${wait.workflow}.${wait.step}`, 'response').then(({ stored }) => stored, misfitOf);
  }

  /* ------------------------------------------------------------------ without a wait ---- */

  /** Handles a response without a wait: answered before, too late, or too early. Stores it only if a step may still wait for it. */
  private async storeOrMiss(message: MessageState, waits: readonly WaitAt[], answer: CheckedMessage, request: DeliveryRequest): Promise<Disposition> {
    const known = await this.parts.store.commits.knownAt([message.address, overAddress(namedIn(message.address))]);
    const had = known.filter(({ processId, disposition }) => processId !== null && disposition !== 'refused');
    const last = had[0]?.processId ?? waits.at(-1)?.processId;
    const same = last ? copyHad(known, message, last) : undefined;
    if (last && same) return this.delivery.miss({ ...message, id: same.id }, last, request);
    const over = await this.ownerOfOver(message, last);
    if (over) return this.delivery.miss(await this.asLate(message, over), over, request);
    return this.store(message, known.find(({ id }) => id === message.id), answer, request); // prettier-ignore
  }

  private async store(given: MessageState, before: MessageState | undefined, answer: CheckedMessage, request: DeliveryRequest): Promise<Disposition> {
    const wasRefused = before?.disposition === 'refused'; // what a step refused another may take
    const message = wasRefused ? this.anew(given) : given;
    const same = (wasRefused ? undefined : before) ?? (await this.delivery.keep(message, request))[0];
    if (same && same.digest !== message.digest) return 'conflict';
    const waits = await this.parts.store.commits.waitsAt([message.address]); // one may have come since
    const found = same && same.disposition !== 'stored' ? null : await this.bringToOne(message, waits, { answer, call: request, stored: message });
    const settled = found ?? (await this.missStored(message)) ?? (same ? 'duplicate' : null);
    if (settled === null) this.unasked.stored(message);
    return settled ?? 'stored';
  }

  /** A response that was stored although the step run that asked for it was over by then. Null: a step may still wait for it. */
  async missStored(stored: MessageState): Promise<Disposition | null> {
    const known = await this.parts.store.commits.knownAt([stored.address]);
    const owner = await this.ownerOfOver(stored, known.find(({ disposition }) => disposition === 'delivered')?.processId);
    if (!owner) return null;
    return this.delivery.apply(owner, { type: 'message-missed', message: await this.asLate(stored, owner), stored }, {});
  }

  /** The copy for a process that waits no more: the one it has had, or that any other instance would make. It is looked for once the step run is over: none comes later. */
  private async asLate(message: MessageState, owner: string): Promise<MessageState> {
    const known = await this.parts.store.commits.knownAt([message.address]);
    return { ...message, id: copyHad(known, message, owner)?.id ?? lateId(message, owner) };
  }

  private anew(message: MessageState): MessageState {
    return { ...message, id: digestOf(message.id, newId(this.parts.clock.now().getTime())) };
  }

  /**
   * The process that asked under this id, if its step run is over. One whose handler still runs is not: it may say `again()`. `had`: the
   * process that asked last under an id of a partner. A token may be parked, or go on, while it is looked for, so both places are read twice.
   */
  private async ownerOfOver({ address }: MessageState, had?: string | null): Promise<string | null> {
    const asker = askerIn(address);
    const id = asker?.id ?? had;
    const process = id ? await stateOf(this.parts.store, id) : undefined;
    if (!process || (asker && (asker.run > process.runs || asksAs(process, asker) !== namedIn(address)))) return null;
    if (isFinished(process.status) || (asker && (await this.isUndone(process.id, asker)))) return process.id;
    if (asksUnder(address, process.tokens) || (await isParked(this.parts.store, address, process.id))) return null;
    const now = await stateOf(this.parts.store, process.id);
    return !now || asksUnder(address, now.tokens) || (await isParked(this.parts.store, address, now.id)) ? null : process.id;
  }

  /** Whether the step run of which this asked for the undoing has been undone. */
  private async isUndone(id: string, { run, undo }: Asker): Promise<boolean> {
    if (undo === undefined) return false;
    return visitsToUndo(await this.parts.store.queries.undoMarks(id), { under: null }).every((visit) => visit.run !== run);
  }
}

/** The copy of the message that the process has had. One that it has refused is none. */
function copyHad(known: readonly MessageState[], message: MessageState, owner: string): MessageState | undefined {
  return known.find(({ identity, processId, disposition }) => identity === message.identity && processId === owner && disposition !== 'refused');
}

/** All that bring the same late message give it the same id, so it is late once, whether they found a wait or not. */
function lateId({ identity }: MessageState, owner: string): string {
  return digestOf(identity, owner);
}

/** @throws what is not the fault of the message */
function misfitOf(error: unknown): Misfit {
  if (!(error instanceof WorkflowError) || error instanceof StoreUnavailableError) throw error;
  return new Misfit(error.message);
}
