import type { EventData, EventName } from '../values/types.js';
import { deliveryOptionsOf, handlerFor, type HandlerFor, type HandlerOptions, type IdIn } from './message-handler.js';

/**
 * The method receives an event. What it returns are the event's data: they are told to every process that waits for them under
 * this key (or one of these), and only then does the caller hear back. Returning nothing means "not for us". The caller gets the
 * list of {@link Delivery}s.
 */
export function HandlesEvent<const E extends EventName, Message = any>(
  event: E,
  key: IdIn<Message, string | string[]>,
  options: HandlerOptions<Message> = {},
): HandlerFor<Message, EventData<E>, 'the event carries'> {
  return handlerFor('@HandlesEvent', { event }, (workflows, data: EventData<E>, message: Message) =>
    workflows.emit(event, key(message), data, deliveryOptionsOf(options, message)),
  );
}
