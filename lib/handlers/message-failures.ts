/** How often this instance has failed at a message. */
export interface Failures {
  /** Failures that count towards `maxDeliveries`. */
  readonly counted: number;
  readonly all: number;
}

/** So many messages are remembered; of more, the oldest begins again. */
const MOST_MESSAGES = 10_000;
const NONE: Failures = { counted: 0, all: 0 };

/**
 * Counts the failures of messages in this instance. Brokers count deliveries too, but not why one failed: a message that came often
 * while the database was away would be refused at its first real error.
 */
export class MessageFailures {
  private readonly byMessage = new Map<string, Failures>();

  note(id: string, counts: boolean): Failures {
    const before = this.byMessage.get(id) ?? NONE;
    const after = { counted: before.counted + (counts ? 1 : 0), all: before.all + 1 };
    this.byMessage.delete(id);
    this.byMessage.set(id, after);
    if (this.byMessage.size > MOST_MESSAGES) this.byMessage.delete(this.byMessage.keys().next().value!);
    return after;
  }

  forget(id: string): void {
    this.byMessage.delete(id);
  }
}
