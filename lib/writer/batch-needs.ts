import { messagesOfEvent, waitsOfEvent } from '../core/events.js';
import type { PendingEvent } from './pending-event.js';

const NO_KEYS: readonly string[] = [];

/** Keys of the waits that must be read for these events. */
export function waitsOfBatch(batch: readonly PendingEvent[]): readonly string[] {
  return batch.length === 1 ? waitsOfOne(batch[0]!) : [...new Set(batch.flatMap(waitsOfOne))];
}

function waitsOfOne({ event }: PendingEvent): readonly string[] {
  return event.type === 'started' ? NO_KEYS : waitsOfEvent(event);
}

/** Ids of the messages that must be read for these events. */
export function messagesOfBatch(batch: readonly PendingEvent[]): readonly string[] {
  return batch.length === 1 ? messagesOfOne(batch[0]!) : [...new Set(batch.flatMap(messagesOfOne))];
}

function messagesOfOne({ event }: PendingEvent): readonly string[] {
  return event.type === 'started' ? NO_KEYS : messagesOfEvent(event);
}
