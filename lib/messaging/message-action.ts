import { checkCallOptions } from '../context/checks.js';
import { InvalidInputError } from '../values/errors.js';
import type { ActionOptions } from '../writer/call-options.js';

/** Checks the options of what a person does about a message. `box`: the inbox or the outbox. @throws InvalidInputError */
export function checkMessageAction(box: string, { manager, ...call }: ActionOptions): void {
  checkCallOptions(call);
  if (manager !== undefined) throw new InvalidInputError('manager', [`the ${box} takes no part in a transaction of yours`]);
}
