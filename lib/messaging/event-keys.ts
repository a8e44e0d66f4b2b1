import { eventAddress } from '../core/addresses.js';
import { checkName, MAX_EVENT_KEY } from '../context/checks.js';
import { InvalidInputError } from '../values/errors.js';
import { KEY_NAME, KEY_NAME_RULE } from '../values/key-name.js';
import type { EventKey } from '../values/types.js';

/** The most keys of one call of `emit`. */
const MAX_KEYS = 1000;

/** One key under which an event is emitted. */
export interface AddressedKey {
  readonly address: string;
  /** The group id it may be. Undefined: the key has a name, so it is none. */
  readonly groupId: string | undefined;
}

/** The keys of an event, each once. @throws InvalidInputError */
export function addressedKeys(event: string, given: EventKey | readonly EventKey[]): readonly AddressedKey[] {
  const all = Array.isArray(given) ? (given as readonly EventKey[]) : [given as EventKey];
  if (all.length > MAX_KEYS) throw new InvalidInputError('key', [`there are ${all.length}; at most ${MAX_KEYS} are taken at once`]);
  const keys = all.flatMap((key) => readKey(event, key));
  if (keys.length === 0) throw new InvalidInputError('key', ['it must be a key, or several']);
  return [...new Map(keys.map((key) => [key.address, key])).values()];
}

function readKey(event: string, key: EventKey): AddressedKey[] {
  if (typeof key !== 'object' || key === null) {
    checkName('key', key, MAX_EVENT_KEY);
    return [{ address: eventAddress(event, key), groupId: key }];
  }
  return Object.entries(key).map(([name, value]) => {
    if (!KEY_NAME.test(name)) throw new InvalidInputError('key', [`"${name}" is no name of a key. ${KEY_NAME_RULE}`]);
    checkName(`key.${name}`, value, MAX_EVENT_KEY);
    return { address: eventAddress(event, value, name), groupId: undefined };
  });
}
