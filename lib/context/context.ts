import type { ContextPatch } from '../core/events.js';
import type { Json, JsonObject } from '../values/json.js';
import { contextKeys, newContext } from '../definition/context-keys.js';
import { isClass } from '../definition/source.js';
import { didYouMean } from '../values/suggest.js';
import { InvalidInputError } from '../values/errors.js';
import type { Schema } from '../values/types.js';
import { checkSize } from './plain.js';
import { mayHaveMore } from './process-limits.js';
import { shapeOfClass } from './transformer-metadata.js';
import { checked, fromGiven, fromStored, storable, toStored } from './typed-data.js';

/**
 * The values a process starts with: the given values over the context's defaults, checked by the rules of its class.
 * @throws InvalidInputError for an unknown key, or one that is missing or wrong; UnserialisableValueError, ValueTooLargeError
 */
export async function startingValues(schema: Schema | undefined, given: object, workflow: string): Promise<JsonObject> {
  const what = `The starting values of workflow "${workflow}"`;
  refuseUnknown(schema, given, what);
  const check = (read: JsonObject) => checked(schema, fromGiven(schema, withDefaults(schema, read), what), what);
  const values = withDefaults(schema, await storable(schema, given, '', check));
  const accepted = await checked(schema, fromGiven(schema, values, what), what);
  const stored = isClass(schema) || schema === undefined ? values : toStored(undefined, accepted as object, '');
  checkSize(stored, `The context of workflow "${workflow}"`);
  return stored;
}

/** Adds the defaults of the class to stored values. */
export function withDefaults(schema: Schema | undefined, values: JsonObject): JsonObject {
  return isClass(schema) ? { ...toStored(schema, newContext(schema), ''), ...values } : values;
}

/** Refuses a key that the context does not have. @throws InvalidInputError */
export function refuseUnknown(schema: Schema | undefined, given: object, what: string): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new InvalidInputError(what, ['they must be an object']);
  const known = contextKeys(schema);
  const isKnown = (key: string) => known!.has(key) || (isClass(schema) && shapeOfClass(schema).keyOf.has(key));
  const unknown = known ? Object.keys(given).filter((key) => !isKnown(key)) : [];
  const remedy = (key: string) => didYouMean(key, known!) || ` Give it a default in ${(schema as { name: string }).name}, or a class-validator decorator.`;
  if (unknown.length > 0) throw new InvalidInputError(what, unknown.map((key) => `${key} is not a key of the context.${remedy(key)}`)); // prettier-ignore
}

/**
 * A body's patch as it will be stored. Functions in it get the latest value, as typed data, and give the new one.
 * `most`: the bytes that all values may have after it. @throws UnserialisableValueError, ValueTooLargeError, which fail the attempt
 */
export function storedPatch(schema: Schema | undefined, patch: object, latest: JsonObject, most = Infinity): ContextPatch {
  if (Object.values(patch).every(isPlainValue)) return sized(toStored(schema, patch, ''), NOTHING_REMOVED, latest, most);
  const typed = Object.create(null) as Record<string, unknown>; // no key has a special meaning in it
  const remove: string[] = [];
  let current: Record<string, unknown> | undefined;
  for (const [key, given] of Object.entries(patch) as [string, unknown][]) {
    const value =
      typeof given === 'function' ? (given as (value: unknown) => unknown)((current ??= fromStored(schema, latest) as Record<string, unknown>)[key]) : given;
    if (value === undefined) remove.push(key);
    else typed[key] = value;
  }
  const set = remove.length === Object.keys(patch).length ? {} : toStored(schema, typed, '');
  return sized(set, remove.filter((key) => Object.hasOwn(latest, key)), latest, most); // prettier-ignore
}

/** True for a value that neither removes its key nor needs the latest value. */
function isPlainValue(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function';
}

const NOTHING_REMOVED: readonly string[] = [];

function sized(set: JsonObject, remove: readonly string[], latest: JsonObject, most: number): ContextPatch {
  checkSize(set, 'The patch');
  const patch = { set, remove };
  if (most < Infinity && mayHaveMore(most, latest, set)) checkSize(patched(latest, patch), 'The context, with the new values,', most);
  return patch;
}

/** The values after a patch. */
export function patched(values: JsonObject, patch: ContextPatch): JsonObject {
  const next: Record<string, Json> = { ...values, ...patch.set };
  for (const key of patch.remove) delete next[key];
  return next;
}
