import type { Json } from '../core/json.js';
import { isClass } from '../definition/source.js';
import type { Schema } from '../values.js';
import { checkSize, plain } from './plain.js';
import { checked, fromGiven, toStored } from './schema.js';

/** An answer as it will be stored, by the rules of the step's `response`. @throws InvalidInputError, UnserialisableValueError, ValueTooLargeError */
export async function checkedResponse(schema: Schema | undefined, response: unknown, what: string): Promise<Json> {
  const stored: Json =
    isClass(schema) && typeof response === 'object' && response !== null ? toStored(schema, response, 'response') : plain(response ?? null, 'response');
  checkSize(stored, what);
  const accepted = await checked(schema, fromGiven(schema, stored, what), what);
  return schema === undefined || isClass(schema) ? stored : plain(accepted, 'response');
}
