import type { Json } from '../values/json.js';
import type { ProcessState } from './process.js';

/** A message as the body of a step sends it. */
export interface Sending {
  /** Made when the body sends it. The receiver recognises a repeated message by it. */
  readonly id: string;
  /** The name of the provider that transmits it. */
  readonly sender: string;
  readonly pattern: Json;
  readonly data: Json;
}

/** A message in the outbox. It is written by the commit of the step that sends it, and deleted when it was transmitted. */
export interface OutgoingMessage extends Sending {
  readonly processId: string;
  readonly workflow: string;
  /** Messages of a process are transmitted in this order. It is the revision of the process after the record of the message. */
  readonly sequence: number;
  /** Null: an update of the process, which no step has sent. */
  readonly step: string | null;
  /** Attempts that have failed. */
  readonly attempts: number;
  /** When it may be transmitted, ms. Null: it is parked, until a person replays or discards it. */
  readonly readyAt: number | null;
  /** Why the last attempt failed. */
  readonly error: string | null;
  readonly createdAt: number;
}

/** The message of a step, as the process stands now. */
export function outgoingMessage({ id, workflow, revision }: ProcessState, sending: Sending, step: string | null, now: number): OutgoingMessage {
  return { ...sending, processId: id, workflow, sequence: revision, step, attempts: 0, readyAt: now, error: null, createdAt: now };
}

/** The pattern in words, for records and logs. */
export function patternText(pattern: Json): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}

/** Sorts by process, and within it by the order of transmission. */
export function byOrder(a: OutgoingMessage, b: OutgoingMessage): number {
  if (a.processId !== b.processId) return a.processId < b.processId ? -1 : 1;
  return a.sequence - b.sequence || (a.id < b.id ? -1 : 1);
}
