import { asksForChild, childAddress, namedIn } from '../core/addresses.js';
import type { Change, Disposition, MessageState } from '../core/change.js';
import { digestOf } from '../values/digest.js';
import { InvalidInputError } from '../values/errors.js';
import type { WaitAt } from '../store/port.js';
import type { CallOptions } from '../writer/process-commands.js';
import type { Applied } from '../writer/process-cache.js';

/** What became of an event in one process. */
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

export interface Addressed {
  readonly workflow: string;
  /** As it was said. */
  readonly step: string;
  /** Those it may be for: a step class may be used more than once. */
  readonly steps: readonly string[];
}

export interface Look {
  /** What is stored where nobody here knows the process. Of an event not the copy: of that, whoever waits would get copies again. */
  readonly kept?: MessageState;
  /** It was found in the inbox, where both sides look. */
  readonly lookedUp?: true;
  /** Where else the same process waits for it. */
  readonly others?: readonly WaitAt[];
}

/** @throws InvalidInputError for an event that is not in effect yet */
export function letterOf({ effectiveAt, ...letter }: CallOptions & { messageId?: string; effectiveAt?: Date }, now: Date): DeliveryRequest {
  if (effectiveAt === undefined) return letter;
  if (!(effectiveAt instanceof Date) || Number.isNaN(effectiveAt.getTime())) throw new InvalidInputError('effectiveAt', ['it must be a valid Date']);
  if (effectiveAt > now)
    throw new InvalidInputError('effectiveAt', [`${effectiveAt.toISOString()} is in the future: emit the event then, or let a step wait with \`after\``]);
  return { ...letter, effectiveAt: effectiveAt.getTime() };
}

/** One event, many processes: each has its own copy, so that each knows a repeated one. */
export function copyFor(message: MessageState, processId: string, node = ''): MessageState {
  return { ...message, id: digestOf(message.id, processId, node) };
}

/** An event that is in effect from then on is one for a wait that counts from `from`, or from the start of its process. */
export function gets(effectiveAt: number, from: number | undefined, startedAt: number): boolean {
  return effectiveAt >= (from ?? startedAt);
}

export function sameWait(a: WaitAt, b: WaitAt): boolean {
  return a.processId === b.processId && a.key === b.key && a.run === b.run;
}

/** Undefined: it changed nothing. */
export function dispositionOf({ change }: Applied): Disposition | undefined {
  const record = change?.records.find(({ type }) => type.startsWith('message-'));
  return record?.type.slice('message-'.length) as Disposition | undefined;
}

/** An id of theirs may come again; the wait that is open counts. */
export function preferOpen(waits: readonly WaitAt[]): WaitAt[] {
  return [...waits].sort((a, b) => Number(a.closed) - Number(b.closed));
}

/** Where a commit has made the process wait: for what may be here already, so not for the end of a child that has yet to be started. */
export function awaitedIn({ waits, messages }: Change): string[] {
  const begun = new Set(
    storedIn(messages)
      .filter(asksForChild)
      .map((address) => childAddress(namedIn(address))),
  );
  return waits.put.flatMap(({ address }) => address ?? []).filter((address) => !begun.has(address));
}

/** What a commit tells others: the end of a child. */
export function toldIn({ messages }: Change): string[] {
  return storedIn(messages).filter((address) => !asksForChild(address));
}

function storedIn(messages: readonly MessageState[]): string[] {
  return messages.filter(({ disposition }) => disposition === 'stored').map(({ address }) => address);
}
