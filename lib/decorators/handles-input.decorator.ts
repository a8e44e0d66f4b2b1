import { classOf, deliveryOf, doorFor, type DoorFor, type DoorOptions, type IdIn, type StepDoor, type WorkflowIn } from './door.js';
import { stepNameOf } from './step.decorator.js';
import type { MessageIn, ReceiverIn } from './workflow.types.js';

/**
 * The method receives an input a step waits for, from whoever owes it; the process is the live one with this group id. What the
 * method returns is the input: it is validated and stored, and only then does the caller hear back. The step runs later. Returning
 * nothing means "not for us". The caller gets the {@link Process}.
 */
export function HandlesInput<W extends WorkflowIn, S extends ReceiverIn<W>, Message = any>(
  workflow: W,
  step: S,
  groupId: IdIn<Message>,
  options: DoorOptions<Message> = {},
): DoorFor<Message, MessageIn<W, S>> {
  const says: StepDoor = { workflow, step: stepNameOf(step) };
  return doorFor('@HandlesInput', says, (workflows, input, message: Message) =>
    workflows.provideInput(classOf(workflow) as string, says.step, { groupId: groupId(message) }, input, deliveryOf(options, message)),
  );
}
