import type { Change, Disposition, MessageState } from '../core/change.js';
import { digestOf } from '../core/digest.js';
import type { WaitAt } from '../store/process-store.js';
import type { Applied } from './seat.js';

/** What became of an event in one process. */
export interface Delivery {
  readonly processId: string;
  readonly disposition: Disposition;
}

export interface Addressed {
  readonly workflow: string;
  readonly step: string;
}

export interface Look {
  /** What is stored where nobody here knows the process. Of an event not the copy: of that, whoever waits would get copies again. */
  readonly kept?: MessageState;
  /** It was found in the inbox, where both sides look. */
  readonly lookedUp?: true;
}

/** One event, many processes: each has its own copy, so that each knows a repeated one. */
export function copyFor(message: MessageState, processId: string, node = ''): MessageState {
  return { ...message, id: digestOf(message.id, processId, node) };
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

export function addressesIn(change: Change): string[] {
  return change.waits.put.flatMap(({ address }) => address ?? []);
}
