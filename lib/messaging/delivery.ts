import { asksForChild, childAddress, namedIn } from '../core/addresses.js';
import type { Change, Disposition, MessageState } from '../core/change.js';
import { addressOf } from '../core/wait.js';
import { checkCall } from '../context/call-checks.js';
import { checkedMessageId } from '../context/checks.js';
import { bodyDigest, digestOf } from '../values/digest.js';
import type { Json } from '../values/json.js';
import { newMessage } from '../core/engine-messages.js';
import type { WaitAt } from '../store/port.js';
import type { CallOptions, DeliveryOptions, InputOptions } from '../writer/call-options.js';
import type { Applied } from '../writer/pending-event.js';

/** The result of an event in one process. */
export interface Delivery {
  readonly processId: string;
  readonly disposition: Disposition;
}

/** What became of an event itself, and in each process. */
export interface Emitted {
  /**
   * `duplicate`: this event was known, `conflict`: with another body; `delivered`: a process received it; `stored`, or `scheduled`: no process yet; `discarded`: it is not
   * kept, because no workflow known here has a step that waits for it.
   */
  readonly disposition: Disposition;
  readonly deliveries: Delivery[];
}

/** How a message is sent, and by whom. */
export interface DeliveryRequest extends CallOptions {
  readonly messageId?: string;
  /** Who gave the message its id. */
  readonly sender?: string;
  /** When an event counts as published, ms. */
  readonly effectiveAt?: number;
}

/** The step that a response is for. */
export interface ResponseTarget {
  readonly workflow: string;
  /** The step as the caller named it: its name, or that of a step class, which may be used more than once. */
  readonly step: string;
}

/** Facts known of a message before it is brought to a wait. */
export interface DeliveryHints {
  /** The message to store if the workflow is not known here. For an event, the original: a stored copy would be copied again for each wait. */
  readonly kept?: MessageState;
  /** The message was found in the inbox, where both sides look. */
  readonly lookedUp?: true;
  /** The row of the inbox that the message is a copy of, and that it is taken from. */
  readonly stored?: MessageState;
  /** The id of the message if nothing waits for it any more. */
  readonly lateId?: string;
  /** Other waits of the same process for this message. */
  readonly others?: readonly WaitAt[];
}

/** The options of a call, checked. @throws InvalidInputError */
export function deliveryRequest(options: CallOptions & DeliveryOptions): DeliveryRequest {
  checkCall('message', options);
  return requestFrom(options);
}

function requestFrom({ messageId, sender, effectiveAt, ...call }: CallOptions & DeliveryOptions): DeliveryRequest {
  return {
    ...call,
    ...(messageId !== undefined && { messageId: checkedMessageId(messageId) }),
    ...(sender !== undefined && { sender }),
    ...(effectiveAt && { effectiveAt: effectiveAt.getTime() }),
  };
}

/** An input, for one item of a `forEach` or for the one that has waited longest. */
export interface InputRequest extends DeliveryRequest {
  readonly index?: number;
}

/** The options of an input, checked. @throws InvalidInputError */
export function inputRequest(given: CallOptions & InputOptions): InputRequest {
  checkCall('input', given);
  const { index, ...options } = given;
  return { ...requestFrom(options), ...(index !== undefined && { index }) };
}

/** True if the sender has named the message. Otherwise its body does. */
function hasId({ identity }: MessageState): boolean {
  return identity.startsWith(NAMED);
}

const NAMED = 'm:';

/** A response, as it was given. */
export function responseTo(to: ResponseTarget, address: string, body: Json, { messageId, sender = '' }: DeliveryRequest, now: number): MessageState {
  const said = messageId === undefined ? `b:${digestOf(to.workflow, to.step, address, bodyDigest(body))}` : undefined;
  const identity = said ?? NAMED + digestOf(to.workflow, to.step, address, sender, messageId!);
  return { ...newMessage(identity, address, body, now), workflow: to.workflow, step: to.step };
}

/**
 * The copy of a response for one wait. A response is a duplicate only of one that this step run has had; without an id of its own, only of
 * one that ended this same wait, because a step that waits again may get the same words again.
 */
export function copyForWait(message: MessageState, { processId, run, attempt }: WaitAt): MessageState {
  return { ...message, id: digestOf(message.identity, processId, String(run), hasId(message) ? '' : String(attempt)) };
}

/** The copy of an event for one process. Each process has its own, so that each recognises a repeated event. */
export function copyFor(message: MessageState, processId: string, node = ''): MessageState {
  return { ...message, id: digestOf(message.id, processId, node) };
}

/** True if an event in effect since then matches a wait that counts from `from`, or else from the start of its process. */
export function isInEffect(effectiveAt: number, from: number | undefined, startedAt: number): boolean {
  return effectiveAt >= (from ?? startedAt);
}

/** Undefined: the event changed nothing. */
export function dispositionOf({ change }: Applied): Disposition | undefined {
  const record = change?.records.find(({ type }) => type.startsWith('message-'));
  return record?.type.slice('message-'.length) as Disposition | undefined;
}

/* ---------------------------------------------------------------------- commits ---- */

/** Addresses where a commit made the process wait. A child that has yet to be started is left out, because its end cannot be here. */
export function awaitedAddresses({ waits, messages }: Change): string[] {
  const begun = new Set(storedAddresses(messages).filter(asksForChild).map((address) => childAddress(namedIn(address)))); // prettier-ignore
  return waits.put.flatMap((wait) => addressOf(wait) ?? []).filter((address) => !begun.has(address));
}

/** Addresses to which a commit sends messages: the end of a child. */
export function toldAddresses({ messages }: Change): string[] {
  return storedAddresses(messages).filter((address) => !asksForChild(address));
}

function storedAddresses(messages: readonly MessageState[]): string[] {
  return messages.filter(({ disposition }) => disposition === 'stored').map(({ address }) => address);
}
