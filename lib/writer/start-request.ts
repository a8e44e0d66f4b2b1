import { checkCallOptions, checkName, checkOneOf, checkOptions, MAX_GROUP_ID, MAX_ID } from '../context/checks.js';
import { InvalidInputError } from '../values/errors.js';
import { idFromSeed, newId } from '../values/new-id.js';
import type { StartOptions } from './call-options.js';

const START_OPTIONS = ['groupId', 'id', 'seed', 'version', 'ifLive', 'actor', 'reason', 'manager'];

/** The ids of a new process, from the options of its start. @throws InvalidInputError */
export function startRequest(options: StartOptions, workflow: string, now: number): { readonly id: string; readonly groupId: string } {
  checkOptions('The start options', options, START_OPTIONS);
  const { ifLive, seed } = options;
  if (ifLive !== undefined) checkOneOf('ifLive', ifLive, ['refuse', 'return']);
  if (seed !== undefined) checkSeed(seed, options.id);
  const { id = seed === undefined ? newId(now) : idFromSeed(workflow, seed), groupId = id } = options;
  checkName('id', id, MAX_ID);
  checkName('groupId', groupId, MAX_GROUP_ID);
  checkCallOptions(options);
  return { id, groupId };
}

function checkSeed(seed: string, id: string | undefined): void {
  checkName('seed', seed, MAX_GROUP_ID);
  if (id !== undefined) throw new InvalidInputError('seed', ['it gives the id: leave out one of the two']);
}
