import { checkName, MAX_GROUP_ID, MAX_ID } from '../context/checks.js';
import { InvalidInputError } from '../values/errors.js';
import { idFromSeed, newId } from '../values/new-id.js';
import type { StartOptions } from './call-options.js';

/** The ids of a new process, from the options of its start. @throws InvalidInputError */
export function startRequest(options: StartOptions, workflow: string, now: number): { readonly id: string; readonly groupId: string } {
  const { seed } = options;
  if (seed !== undefined && options.id !== undefined) throw new InvalidInputError('seed', ['it gives the id: leave out one of the two']);
  const { id = seed === undefined ? newId(now) : idFromSeed(workflow, seed), groupId = id } = options;
  checkName('id', id, MAX_ID);
  checkName('groupId', groupId, MAX_GROUP_ID);
  return { id, groupId };
}
