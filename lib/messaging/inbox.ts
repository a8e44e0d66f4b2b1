import { redacted } from '../values/redaction.js';
/** What people do about messages that no process has received, or that a step has refused. */
import { checkName, checkOneOf, checkOptions, MAX_CORRELATION_ID, MAX_ID } from '../context/checks.js';
import { checkedMessage } from '../context/message.js';
import { eventIn, eventKeyIn, isEvent, namedIn } from '../core/addresses.js';
import type { Disposition, MessageState } from '../core/change.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import { cursorPlace, limitOf, type Page, type PageOptions, pageOf } from '../query/page.js';
import { InvalidInputError, MessageNotFoundError } from '../values/errors.js';
import type { Class, EventKey } from '../values/types.js';
import type { ActionOptions } from '../writer/call-options.js';
import type { Delivery } from './delivery.js';
import { addressedKeys } from './event-keys.js';
import type { MessageRouter } from './message-router.js';
import { checkMessageAction } from './message-action.js';
import type { MessagingParts } from './messaging-parts.js';

/** A message that waits for a process (`stored`), or for its moment (`scheduled`), or that a step has refused. */
export interface InboxMessage {
  readonly id: string;
  readonly kind: 'response' | 'event';
  readonly disposition: Disposition;
  /** The workflow and the step that a response is for; null for an event. */
  readonly workflow: string | null;
  readonly step: string | null;
  /** The name of an event, and its key; null for a response. */
  readonly event: string | null;
  readonly key: string | null;
  /** The correlation id of a response, if it was asked for (`internals: true`): who has it can answer. Else null. */
  readonly correlationId: string | null;
  readonly body: unknown;
  /** Why it was refused or discarded. */
  readonly reason: string | null;
  /** The process whose step has refused it. */
  readonly processId: string | null;
  /** When it came; for a scheduled event, when it will count as published. */
  readonly receivedAt: Date;
}

/** Selects messages of the inbox. */
export interface InboxFilter extends PageOptions {
  readonly disposition?: OpenDisposition | readonly OpenDisposition[];
  readonly workflow?: Class | string;
  readonly step?: Class | string;
  /** Those that a step of this process has refused. */
  readonly process?: string;
  /** Shows correlation ids. */
  readonly internals?: boolean;
}

/** Where a message goes instead: to a step that waits under a correlation id, or to another key of its event. */
export type MessageAddress = { readonly workflow: Class | string; readonly step: Class | string; readonly correlationId: string } | { readonly key: EventKey };

type OpenDisposition = (typeof OPEN)[number];
const OPEN = ['stored', 'scheduled', 'refused'] as const;
const FILTERS = ['disposition', 'workflow', 'step', 'process', 'internals', 'cursor', 'limit'];

/** The messages that no process has received, or that a step has refused, and what people do about them: `workflows.inbox`. */
export class Inbox {
  /** @internal Made by the engine. */
  constructor(
    private readonly parts: MessagingParts,
    private readonly router: MessageRouter,
  ) {}

  /** Messages that wait, or were refused, oldest first, a page at a time. @throws InvalidInputError */
  async list(filter: InboxFilter = {}): Promise<Page<InboxMessage>> {
    checkOptions('The filter', filter, FILTERS);
    const { disposition = OPEN, workflow, step, process, internals = false, cursor } = filter;
    const dispositions = [disposition].flat() as Disposition[];
    for (const each of dispositions) checkOneOf('disposition', each, OPEN);
    const limit = limitOf(filter);
    const place = cursor === undefined ? undefined : cursorPlace(cursor, ['number', 'string']);
    const found = await this.parts.store.queries.messagesLike({
      dispositions,
      ...(workflow !== undefined && { workflow: this.parts.registry.nameOf(workflow) }),
      ...(step !== undefined && { step: stepNameOf(step) }),
      ...(process !== undefined && { processId: process }),
      ...(place && { after: { receivedAt: place[0], id: place[1] } }),
      limit: limit + 1,
    });
    return pageOf(found, limit, ({ receivedAt, id }) => [receivedAt, id], (message) => messageView(message, internals)); // prettier-ignore
  }

  /** @throws MessageNotFoundError if there is none that waits, or was refused */
  async get(id: string, { internals = false }: { readonly internals?: boolean } = {}): Promise<InboxMessage> {
    return messageView(await this.found(id), internals);
  }

  /**
   * Brings the message to where it is addressed once more: after a step was corrected, or before the sweep does. Resolves with its
   * disposition then. A scheduled event is emitted now. @throws MessageNotFoundError
   */
  async replay(id: string, options: ActionOptions = {}): Promise<Disposition> {
    checkMessageAction('inbox', options);
    const message = await this.found(id);
    if (message.disposition === 'scheduled') await this.router.release(message);
    else if (isEvent(message.address)) await this.router.lookFor([message.address]);
    else return (await this.bringAgain(message, options)) ?? message.disposition;
    return (await this.find(id))?.disposition ?? 'stored';
  }

  private async bringAgain(message: MessageState, call: ActionOptions): Promise<Disposition | null> {
    const waits = await this.parts.store.commits.waitsAt([message.address]);
    return this.router.responses.bringToOne(message, waits, { call, stored: message });
  }

  /**
   * Sends the message somewhere else, and takes it out of the inbox. The new step checks it by its own schema.
   * @throws MessageNotFoundError, UnknownWorkflowError, UnknownStepError; InvalidInputError if the new step does not take it, and nothing is changed
   */
  async readdress(id: string, to: MessageAddress, options: ActionOptions = {}): Promise<Disposition | Delivery[]> {
    checkMessageAction('inbox', options);
    const isKey = isOtherKey(to);
    const message = await this.found(id);
    const sent = isKey ? await this.emitAgain(message, to.key, options) : await this.respondAgain(message, to, options);
    await this.settle(message, 'readdressed', options);
    return sent;
  }

  private async emitAgain({ id, address, body, effectiveAt }: MessageState, key: EventKey, call: ActionOptions): Promise<Delivery[]> {
    const event = eventIn(address);
    if (event === null) throw new InvalidInputError('The address', ['a response has no key: say workflow, step and correlationId']);
    return (await this.router.emit(event, addressedKeys(event, key), body, { ...call, messageId: id, sender: SENDER, effectiveAt })).deliveries;
  }

  private async respondAgain(message: MessageState, to: Exclude<MessageAddress, { key: EventKey }>, call: ActionOptions): Promise<Disposition> {
    if (isEvent(message.address)) throw new InvalidInputError('The address', ['an event has no correlation id: say key']);
    checkName('correlationId', to.correlationId, MAX_CORRELATION_ID);
    const workflow = this.parts.registry.nameOf(to.workflow);
    const step = stepNameOf(to.step);
    const { code } = this.parts.registry.responder(to.workflow, to.step);
    const answer = await checkedMessage(code.message, message.body, `The response to ${workflow}.${step}`, 'response');
    return this.router.respond({ workflow, step }, to.correlationId, answer, { ...call, messageId: message.id, sender: SENDER });
  }

  /** Takes the message out of the inbox. It stays on record with the reason, and reaches no step any more. @throws MessageNotFoundError */
  async discard(id: string, options: ActionOptions = {}): Promise<void> {
    checkMessageAction('inbox', options);
    await this.settle(await this.found(id), 'discarded', options);
  }

  /** The record of the process tells who has done it. A message without a process keeps the reason itself. */
  private async settle(message: MessageState, as: 'readdressed' | 'discarded', call: ActionOptions): Promise<void> {
    const { id, processId } = message;
    if (processId !== null) await this.parts.commands.apply(processId, { type: 'message-settled', message, as }, call);
    else {
      const reason = [as, call.actor && `by ${call.actor}`, call.reason && `: ${redacted(call.reason)}`].filter(Boolean).join(' ').replace(' :', ':');
      await this.parts.store.maintenance.markMessage(id, ['stored', 'scheduled'], 'discarded', reason);
    }
  }

  private async found(id: string): Promise<MessageState> {
    checkName('id', id, MAX_ID);
    const message = await this.find(id);
    if (!message) throw new MessageNotFoundError(id);
    return message;
  }

  private async find(id: string): Promise<MessageState | undefined> {
    return (await this.parts.store.queries.messagesLike({ dispositions: OPEN, id, limit: 1 }))[0];
  }
}

/** The sender of messages that a person has sent somewhere else: its ids are those of the inbox. */
const SENDER = 'inbox';

const ADDRESS = ['workflow', 'step', 'correlationId', 'key'] as const;

/** False: the address of a response. @throws InvalidInputError if it is neither */
function isOtherKey(to: MessageAddress): to is { readonly key: EventKey } {
  checkOptions('The address', to, ADDRESS);
  const given = ADDRESS.filter((part) => (to as Readonly<Record<string, unknown>>)[part] !== undefined).join();
  if (given === 'key' || given === 'workflow,step,correlationId') return given === 'key';
  throw new InvalidInputError('The address', ['say workflow, step and correlationId for a response, or key for an event']);
}

function messageView(message: MessageState, internals: boolean): InboxMessage {
  const { id, address, disposition, workflow, step, body, reason, processId, receivedAt } = message;
  const event = eventIn(address);
  return {
    id, kind: event === null ? 'response' : 'event', disposition, workflow, step, event, key: event === null ? null : eventKeyIn(address),
    correlationId: event === null && internals ? namedIn(address) : null, body, reason, processId, receivedAt: new Date(receivedAt),
  }; // prettier-ignore
}
