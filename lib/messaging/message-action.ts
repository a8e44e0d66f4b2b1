import { checkCall } from '../context/call-checks.js';
import { InvalidInputError } from '../values/errors.js';
import type { ActionOptions } from '../writer/call-options.js';

/** Checks the options of what a person does about a message. `box`: the inbox or the outbox. @throws InvalidInputError */
export function checkMessageAction(box: string, options: ActionOptions): void {
  checkCall('action', options);
  if (options.manager !== undefined) throw new InvalidInputError('manager', [`the ${box} takes no part in a transaction of yours`]);
}
