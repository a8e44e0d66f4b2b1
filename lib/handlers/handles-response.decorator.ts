import { resolveWorkflow, type StepHandlerMetadata, type WorkflowReference } from '../decorators/handler-metadata.js';
import { checkHandlerOptions, handlerFor, type HandlerFor, type HandlerOptions, type IdIn } from './message-handler.js';
import { stepNameOf } from '../decorators/step.decorator.js';
import type { MessageIn, ReceiverIn } from '../definition/workflow-types.js';

/**
 * The method receives the answer to a step's request and returns that answer. The answer is stored and matched to the process that
 * waits under this correlation id. Only then does the caller get its reply, the {@link Disposition}, so that a transport acknowledges
 * only what is committed. The step runs later, under its claim. Returning nothing means "not for us".
 *
 * The decorator goes on any method that Nest or a library of Nest's calls, above or below the transport's decorator:
 * `@EventPattern`, `@MessagePattern`, `@OnEvent`, Bull's `@Process`, an HTTP route.
 */
export function HandlesResponse<W extends WorkflowReference, S extends ReceiverIn<W>, Message = any>(
  workflow: W,
  step: S,
  correlationId: IdIn<Message>,
  options: HandlerOptions<Message> = {},
): HandlerFor<Message, MessageIn<W, S>> {
  checkHandlerOptions('@HandlesResponse', options);
  const says: StepHandlerMetadata = { workflow, step: stepNameOf(step) };
  return handlerFor('@HandlesResponse', says, (workflows, answer, message) =>
    workflows.respond(resolveWorkflow(workflow) as string, says.step, message.read('correlationId', correlationId), answer, message.options(options)),
  );
}
