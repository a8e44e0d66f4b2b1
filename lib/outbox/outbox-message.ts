import type { OutgoingMessage } from '../core/outgoing.js';

/** A message that a step has sent, and that was not transmitted yet. */
export interface OutboxMessage {
  /** The same for each attempt to transmit it. */
  readonly id: string;
  readonly processId: string;
  readonly workflow: string;
  /** The step that has sent it; null for an update of the process. */
  readonly step: string | null;
  /** The order within the process. */
  readonly sequence: number;
  /** The name of the provider that transmits it. */
  readonly sender: string;
  readonly pattern: any;
  readonly data: any;
  /** Attempts that have failed. */
  readonly attempts: number;
  /** Why the last one failed. */
  readonly error: string | null;
  /** No further attempt is made until a person replays it. */
  readonly parked: boolean;
  /** When the next attempt is made; null: it is parked. */
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
}

export function outboxMessage(message: OutgoingMessage): OutboxMessage {
  const { id, processId, workflow, step, sequence, sender, pattern, data, attempts, error, readyAt, createdAt } = message;
  const nextAttemptAt = readyAt === null ? null : new Date(readyAt);
  return {
    id, processId, workflow, step, sequence, sender, pattern, data, attempts, error, parked: readyAt === null, nextAttemptAt, createdAt: new Date(createdAt),
  }; // prettier-ignore
}
