import type { OutboxMessage } from './outbox-message.js';

/**
 * Transmits messages by a way of your own: extend it, and name the class in `step.send(TheClass, pattern, data)`. Nest's `ClientProxy`,
 * Bull and BullMQ queues, `AmqpConnection` and {@link HttpSender} need none.
 */
export abstract class MessageSender {
  /**
   * Resolves when the receiver has the message. It may be called again with the same message, so pass `message.id` on.
   * An error is retried later; one with `permanent: true` parks the message at once.
   * @param signal aborted when the attempt has taken too long
   */
  abstract transmit(message: OutboxMessage, signal: AbortSignal): Promise<unknown>;
  /** Tells what is wrong with a pattern, when a step sends it; null: nothing. By default any pattern is right. */
  patternProblem(_pattern: unknown): string | null {
    return null;
  }
}
