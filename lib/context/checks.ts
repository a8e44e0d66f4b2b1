import { quoted } from '../values/describe-error.js';
import { didYouMean } from '../values/suggest.js';
import { InvalidInputError } from '../values/errors.js';

export const MAX_ID = 80;
export const MAX_GROUP_ID = 255;
export const MAX_CORRELATION_ID = 255;
export const MAX_EVENT_KEY = 255;
export const MAX_MESSAGE_ID = 255;
export const MAX_TEXT = 2000;

/** Checks a name that is stored and searched for. @throws InvalidInputError */
export function checkName(what: string, value: unknown, most: number): void {
  if (typeof value !== 'string') throw new InvalidInputError(what, [`it must be a string, not ${value === null ? 'null' : typeof value}`]);
  if (value === '') throw new InvalidInputError(what, ['it must not be empty']);
  if (value.length > most) throw new InvalidInputError(what, [`it has ${value.length} characters; at most ${most} are kept`]);
  if (value.includes('\0') || !value.isWellFormed()) throw new InvalidInputError(what, ['it has a NUL or half a surrogate pair, which databases do not take']);
}

/** A message id as it is stored: a text, or a whole number as its decimal text. @throws InvalidInputError */
export function checkedMessageId(id: unknown): string {
  if (typeof id === 'number') {
    if (!Number.isSafeInteger(id)) throw new InvalidInputError('messageId', [`as a number it must be a safe integer, not ${id}: give it as a string`]);
    return String(id);
  }
  checkName('messageId', id, MAX_MESSAGE_ID);
  return id as string;
}

/** Refuses unknown options, because a misspelt one would be ignored silently. @throws InvalidInputError */
export function checkOptions(what: string, given: object, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new InvalidInputError(what, [`it must be an object with ${known.join(', ')}`]);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new InvalidInputError(what, unknown.map((name) => `there is no "${name}".${didYouMean(name, known)}`)); // prettier-ignore
}

/** @throws InvalidInputError */
export function checkOneOf(what: string, value: unknown, values: readonly string[]): void {
  if (!values.includes(value as string))
    throw new InvalidInputError(what, [`it must be one of ${values.join(', ')}, not ${quoted(value)}.${didYouMean(String(value), values)}`]);
}
