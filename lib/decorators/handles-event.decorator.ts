import type { EventData, EventName } from '../values.js';
import { deliveryOf, doorFor, type DoorFor, type DoorOptions, type IdIn } from './door.js';

/**
 * The method receives an event. What it returns are the event's data: they are told to every process that waits for them under
 * this key (or one of these), and only then does the caller hear back. Returning nothing means "not for us". The caller gets the
 * list of {@link Delivery}s.
 */
export function HandlesEvent<const E extends EventName, Message = any>(
  event: E,
  key: IdIn<Message, string | string[]>,
  options: DoorOptions<Message> = {},
): DoorFor<Message, EventData<E>, 'the event carries'> {
  return doorFor('@HandlesEvent', { event }, (workflows, data: EventData<E>, message: Message) =>
    workflows.emit(event, key(message), data, deliveryOf(options, message)),
  );
}
