import type { StartValues } from '../workflow.calls.js';
import { classOf, doorFor, type DoorFor, type IdIn, type WorkflowDoor, type WorkflowIn } from './door.js';

/**
 * The method receives a message that starts a process. What it returns are the starting values: the process is stored, and only
 * then does the caller hear back. Returning nothing means "not for us". The caller gets the {@link Process}; if a live one has
 * this group id, that one, so that the message may come again while the process lives.
 */
export function StartsProcess<W extends WorkflowIn, Message = any>(
  workflow: W,
  groupId: IdIn<Message>,
): DoorFor<Message, StartValues<W>, 'the process starts with'> {
  const says: WorkflowDoor = { workflow };
  return doorFor('@StartsProcess', says, (workflows, values: object, message: Message) =>
    workflows.start(classOf(workflow) as string, values, { groupId: groupId(message), ifLive: 'return' }),
  );
}
