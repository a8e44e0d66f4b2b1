import type { EventData, EventKey, EventName } from '../values/types.js';
import { checkHandlerOptions, handlerFor, type HandlerFor, type HandlerOptions, type IdIn } from './message-handler.js';

/**
 * The method receives an event and returns the event's data. The data are brought to every process that waits for the event under
 * this key (or one of these). Only then does the caller get its reply, the list of {@link Delivery}s. Returning nothing means "not for
 * us".
 */
export function HandlesEvent<const E extends EventName, Message = any>(
  event: E,
  key: IdIn<Message, EventKey | readonly EventKey[]>,
  options: HandlerOptions<Message> = {},
): HandlerFor<Message, EventData<E>, 'the event carries'> {
  checkHandlerOptions('@HandlesEvent', options);
  return handlerFor('@HandlesEvent', { event }, (workflows, data: EventData<E>, message) =>
    workflows.emit(event, message.read('key', key), data, message.options(options)),
  );
}
