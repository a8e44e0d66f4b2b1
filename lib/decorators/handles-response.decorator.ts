import { classOf, deliveryOf, doorFor, type DoorFor, type DoorOptions, type IdIn, type StepDoor, type WorkflowIn } from './door.js';
import { stepNameOf } from './step.decorator.js';
import type { MessageIn, ReceiverIn } from './workflow.types.js';

export { classOf, RESPONSE_METADATA, type DoorOptions, type StepDoor as ResponseDoor } from './door.js';

/**
 * The method receives the answer to a step's request. What it returns is the answer: it is stored and matched to the process
 * that waits under this correlation id, and only then does the caller hear back, so that a transport acknowledges what is
 * committed. The step runs later, under its claim. Returning nothing means "not for us".
 *
 * It goes on any method Nest or a library of its calls, above or below the transport's decorator: `@EventPattern`,
 * `@MessagePattern`, `@OnEvent`, Bull's `@Process`, an HTTP route. The caller gets the {@link Disposition}.
 */
export function HandlesResponse<W extends WorkflowIn, S extends ReceiverIn<W>, Message = any>(
  workflow: W,
  step: S,
  correlationId: IdIn<Message>,
  options: DoorOptions<Message> = {},
): DoorFor<Message, MessageIn<W, S>> {
  const says: StepDoor = { workflow, step: stepNameOf(step) };
  return doorFor('@HandlesResponse', says, (workflows, answer, message: Message) =>
    workflows.respond(classOf(workflow) as string, says.step, correlationId(message), answer, deliveryOf(options, message)),
  );
}
