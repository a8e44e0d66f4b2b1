import type { ProcessEvent } from '../core/events.js';
import { redacted } from '../values/redaction.js';

/** What an event says in words, without what the application takes out: texts that bodies and callers have given as they are. */
export function redactedEvent(event: ProcessEvent): ProcessEvent {
  if (event.type === 'step-failed') return { ...event, error: redacted(event.error) };
  if (event.type === 'step-paused') return { ...event, reason: redacted(event.reason) };
  if (event.type === 'message-refused') return { ...event, message: { ...event.message, reason: redactedOrNull(event.message.reason) } };
  return event;
}

export function redactedOrNull<T extends null | undefined>(text: string | T): string | T {
  return typeof text === 'string' ? redacted(text) : text;
}
