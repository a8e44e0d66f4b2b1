import { resolveWorkflow, type StepHandlerMetadata, type WorkflowReference } from '../decorators/handler-metadata.js';
import { checkHandlerOptions, handlerFor, type HandlerFor, type IdIn, type InputHandlerOptions } from './message-handler.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import type { MessageIn, ReceiverIn } from '../definition/workflow-types.js';

/**
 * The method receives an input that a step waits for; the process is the live one with this group id. The method returns the input,
 * which is validated and stored. Only then does the caller get its reply, the {@link Process}. The step runs later. Returning nothing
 * means "not for us".
 */
export function HandlesInput<W extends WorkflowReference, S extends ReceiverIn<W>, Message = any>(
  workflow: W,
  step: S,
  groupId: IdIn<Message>,
  options: InputHandlerOptions<Message> = {},
): HandlerFor<Message, MessageIn<W, S>> {
  checkHandlerOptions('@HandlesInput', options);
  const says: StepHandlerMetadata = { workflow, step: stepNameOf(step) };
  return handlerFor('@HandlesInput', says, (workflows, input, message) => {
    const ref = { groupId: message.read('groupId', groupId) };
    const index = options.index && { index: message.read('index', options.index) };
    return workflows.provideInput(resolveWorkflow(workflow) as string, says.step, ref, input, { ...message.options(options), ...index });
  });
}
