import type { OutgoingMessage } from '../core/outgoing.js';

/** Selects messages of the outbox. They are listed oldest first, by creation, sequence and id. */
export interface OutboxQuery {
  readonly id?: string;
  readonly processId?: string;
  readonly workflow?: string;
  readonly sender?: string;
  /** True: only those that are parked. False: only the others. */
  readonly parked?: boolean;
  /** Continues after this message. */
  readonly after?: Pick<OutgoingMessage, 'createdAt' | 'sequence' | 'id'>;
  readonly limit: number;
}

/** A claim of messages. */
export interface OutboxClaim {
  /** New for each claim. */
  readonly holder: string;
  /** A sender that this instance has: the first message of each process is for it. */
  readonly sender: string;
  readonly now: number;
  /** When the claim ends: until then no other instance transmits messages of these processes, ms. */
  readonly until: number;
  /** The number of processes at most. */
  readonly limit: number;
}

/** What an attempt to transmit a message has changed. */
export type FailedSending = Pick<OutgoingMessage, 'id' | 'attempts' | 'readyAt' | 'error'>;

/** How many messages of a process are claimed at once, roughly: those of so many of its revisions. */
export const REVISIONS_AT_ONCE = 50;
/** So many characters of data a claim brings into memory, beside the first message of each process. */
const MOST_CHARACTERS = 4_000_000;

/** The first message of each process, and of those behind it as many as fit. Candidates come in order, and none is skipped within a process. */
export function fitting<T extends Pick<OutgoingMessage, 'processId'>>(candidates: readonly T[], charactersOf: (candidate: T) => number): T[] {
  let [room, ended, last] = [MOST_CHARACTERS, '', ''];
  return candidates.filter((candidate) => {
    const { processId } = candidate;
    const isFirst = processId !== last;
    last = processId;
    if (isFirst) return true;
    const characters = charactersOf(candidate);
    if (characters > room) ended = processId;
    if (ended === processId) return false;
    room -= characters;
    return true;
  });
}

/** The part of a store that keeps the messages that steps send, until they are transmitted. New messages come with a commit. */
export abstract class OutboxStore {
  /** The senders of messages that may be transmitted at this moment. */
  abstract readySenders(now: number): Promise<readonly string[]>;
  /**
   * Claims the first messages of processes whose first message is ready, and returns them in order. The first message of a process is the
   * one with the lowest sequence that is not parked. A process with a message under a claim that lasts is left out, so one instance at a
   * time transmits the messages of a process, one after the other.
   */
  abstract claim(by: OutboxClaim): Promise<readonly OutgoingMessage[]>;
  /** Deletes messages that were transmitted. */
  abstract deleteTransmitted(ids: readonly string[]): Promise<void>;
  /** Records a failed attempt, if this holder still has the claim. */
  abstract recordFailure(holder: string, failed: FailedSending): Promise<void>;
  /** Ends the claim of messages that were not tried, if this holder still has it. They may be claimed at `readyAt`. */
  abstract release(holder: string, ids: readonly string[], readyAt: number): Promise<void>;
  /** Makes a message ready as if it had never been tried, unless it is claimed at this moment. False: it is, or it is not there. */
  abstract replay(id: string, now: number): Promise<boolean>;
  /** Deletes a message that was not transmitted, unless it is claimed at this moment. False: it is, or it is not there. */
  abstract discard(id: string, now: number): Promise<boolean>;
}
