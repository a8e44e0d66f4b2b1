import type { StartValues } from '../definition/workflow-types.js';
import { resolveWorkflow, type StartHandlerMetadata, type WorkflowReference } from '../decorators/handler-metadata.js';
import { handlerFor, type HandlerFor, type IdIn } from './message-handler.js';

/**
 * The method receives a message that starts a process, and returns the starting values. The process is stored. Only then does the
 * caller get its reply, the {@link Process}; if a live one has this group id, that one, so that the message may come again while the
 * process lives. Returning nothing means "not for us".
 */
export function StartsProcess<W extends WorkflowReference, Message = any>(
  workflow: W,
  groupId: IdIn<Message>,
): HandlerFor<Message, StartValues<W>, 'the process starts with'> {
  const says: StartHandlerMetadata = { workflow };
  return handlerFor('@StartsProcess', says, (workflows, values: object, message) =>
    workflows.start(resolveWorkflow(workflow) as string, values, { groupId: message.read('groupId', groupId), ifLive: 'return' }),
  );
}
