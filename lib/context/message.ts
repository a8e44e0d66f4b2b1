import type { Json } from '../values/json.js';
import { isClass } from '../definition/source.js';
import type { Schema } from '../values/types.js';
import { checkSize, plain } from './plain.js';
import { shapeOfClass } from './transformer-metadata.js';
import { asData, checked, fromGiven, storable } from './typed-data.js';

/** A message that a step has accepted. */
export interface CheckedMessage {
  /** As it was given, so that another step can check it by its own schema. */
  readonly given: Json;
  /** As the schema of the step has made it. */
  readonly stored: Json;
  readonly schema: Schema | undefined;
}

/** An answer or an input as it will be stored, checked by its step. @throws InvalidInputError, UnserialisableValueError, ValueTooLargeError */
export async function checkedMessage(schema: Schema | undefined, given: unknown, what: string, place: 'response' | 'input'): Promise<CheckedMessage> {
  const check = (read: Json) => checked(schema, fromGiven(schema, read, what), what);
  const isObject = isClass(schema) && typeof given === 'object' && given !== null;
  const stored: Json = isObject ? await storable(schema, given, place, check) : plain(given ?? null, place);
  checkSize(stored, what);
  const accepted = await check(stored);
  const isRenamed = isObject && shapeOfClass(schema).isTranslated;
  return { given: isRenamed ? (asData(given) ?? stored) : stored, stored: schema === undefined || isClass(schema) ? stored : plain(accepted, place), schema };
}
