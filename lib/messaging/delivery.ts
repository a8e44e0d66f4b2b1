import { asksForChild, childAddress, namedIn } from '../core/addresses.js';
import type { Change, Disposition, MessageState } from '../core/change.js';
import { addressOf } from '../core/wait.js';
import { bodyDigest, digestOf } from '../values/digest.js';
import type { Json } from '../values/json.js';
import { InvalidInputError } from '../values/errors.js';
import { newMessage } from '../core/engine-messages.js';
import type { WaitAt } from '../store/port.js';
import type { CallOptions } from '../writer/call-options.js';
import type { Applied } from '../writer/pending-event.js';

/** The result of an event in one process. */
export interface Delivery {
  readonly processId: string;
  readonly disposition: Disposition;
}

/** How a message is sent, and by whom. */
export interface DeliveryRequest extends CallOptions {
  readonly messageId?: string;
  /** When an event counts as published, ms. */
  readonly effectiveAt?: number;
}

/** The step that a response is for. */
export interface ResponseTarget {
  readonly workflow: string;
  /** The step as the caller named it. */
  readonly step: string;
  /** The steps it may be for, because a step class may be used more than once. */
  readonly steps: readonly string[];
}

/** Facts known of a message before it is brought to a wait. */
export interface DeliveryHints {
  /** The message to store if the workflow is not known here. For an event, the original: a stored copy would be copied again for each wait. */
  readonly kept?: MessageState;
  /** The message was found in the inbox, where both sides look. */
  readonly lookedUp?: true;
  /** Other waits of the same process for this message. */
  readonly others?: readonly WaitAt[];
}

/** @throws InvalidInputError for an event that is not in effect yet */
export function deliveryRequest({ effectiveAt, ...request }: CallOptions & { messageId?: string; effectiveAt?: Date }, now: Date): DeliveryRequest {
  if (effectiveAt === undefined) return request;
  if (!(effectiveAt instanceof Date) || Number.isNaN(effectiveAt.getTime())) throw new InvalidInputError('effectiveAt', ['it must be a valid Date']);
  if (effectiveAt > now)
    throw new InvalidInputError('effectiveAt', [`${effectiveAt.toISOString()} is in the future: emit the event then, or let a step wait with \`after\``]);
  return { ...request, effectiveAt: effectiveAt.getTime() };
}

/** A message from outside. Without an id, the same body under the same address is the same message. */
export function messageFor(address: string, body: Json, messageId: string | undefined, now: number, effectiveAt?: number): MessageState {
  return newMessage(digestOf(address, messageId ?? bodyDigest(body)), address, body, now, effectiveAt);
}

/** The copy of an event for one process. Each process has its own, so that each recognises a repeated event. */
export function copyFor(message: MessageState, processId: string, node = ''): MessageState {
  return { ...message, id: digestOf(message.id, processId, node) };
}

/** True if an event in effect since then matches a wait that counts from `from`, or else from the start of its process. */
export function isInEffect(effectiveAt: number, from: number | undefined, startedAt: number): boolean {
  return effectiveAt >= (from ?? startedAt);
}

export function isSameWait(a: WaitAt, b: WaitAt): boolean {
  return a.processId === b.processId && a.key === b.key && a.run === b.run;
}

/** Undefined: the event changed nothing. */
export function dispositionOf({ change }: Applied): Disposition | undefined {
  const record = change?.records.find(({ type }) => type.startsWith('message-'));
  return record?.type.slice('message-'.length) as Disposition | undefined;
}

/** A correlation id of another system may come again; the wait that is open counts. */
export function openFirst(waits: readonly WaitAt[]): WaitAt[] {
  return [...waits].sort((a, b) => Number(a.closed) - Number(b.closed));
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
