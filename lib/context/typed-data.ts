import 'reflect-metadata';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { reasonOf } from '../values/reason.js';
import type { Json, JsonObject } from '../values/json.js';
import { isClass } from '../definition/source.js';
import { newContext, validatedKeys } from '../definition/context-keys.js';
import { InvalidInputError } from '../values/errors.js';
import type { Class, Schema } from '../values/types.js';
import { underOwnKeys, withSubclasses } from './own-keys.js';
import { exposesOnly } from './transformer-metadata.js';
import { checkKind, checkParts, copy, kindOfValue, placeIn, plainObject } from './plain.js';

/** The part of Standard Schema that is needed here. */
interface StandardSchema {
  readonly '~standard': { validate(value: unknown): StandardResult | Promise<StandardResult> };
}
type StandardResult =
  { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] }[] };

/**
 * Typed data → stored data, with the class's own transformations first. `@Expose` and `@Exclude` are for outside: stored is every key,
 * under its own name, and no getter.
 * @throws UnserialisableValueError also for values that these would lose
 */
export function toStored(schema: Schema | undefined, value: object, place: string): JsonObject {
  if (!isClass(schema)) return plainObject(value, place);
  checkParts({ ...value }, place);
  const typed = Object.assign(Object.create(insideOf(schema).prototype as object) as object, withSubclasses(schema, value, place));
  const stored = plainObject(instanceToPlain(typed, { exposeUnsetFields: false, ignoreDecorators: true }), place);
  for (const [key, each] of Object.entries(value))
    if (kindOfValue(each) !== null && !comesBack(schema, key, each, stored)) checkKind(each, placeIn(place, key));
  return stored;
}

/**
 * The same for data from a caller. If the data cannot be stored, `check` asks the rules of the class first: a text that is no date,
 * for instance, is reported as a wrong field.
 */
export async function storable(schema: Schema | undefined, given: object, place: string, check: (read: JsonObject) => Promise<unknown>): Promise<JsonObject> {
  try {
    return toStored(schema, isClass(schema) ? underOwnKeys(schema, given, place) : given, place);
  } catch (error) {
    const read = isClass(schema) ? asData(given) : null;
    if (read) await check(read);
    throw error;
  }
}

/** Data from a caller as JSON, whatever its class. Null: it is none. */
export function asData(given: object): JsonObject | null {
  try {
    return plainObject(given, '');
  } catch {
    return null;
  }
}

/** True if the class makes the same kind of value again from the stored form, for instance a Map. */
function comesBack(schema: Class, key: string, value: unknown, stored: JsonObject): boolean {
  return key in stored && kindOfValue((fromStored(schema, { [key]: stored[key]! }) as Record<string, unknown>)[key]) === kindOfValue(value);
}

/**
 * Stored data → typed data, as a copy for one reader. Dates come back as dates if the class says so, by `@Type`, by any decorator
 * on a field of type Date, or by a default that is a Date. A key that is not stored is undefined, whatever the class's default.
 */
export function fromStored(schema: Schema | undefined, stored: Json): unknown {
  if (!isClass(schema) || typeof stored !== 'object' || stored === null || Array.isArray(stored)) return copy(stored);
  const inside = insideOf(schema);
  const typed = plainToInstance(inside, copy(stored), { ignoreDecorators: true }) as Record<string, unknown>;
  if (inside !== schema) Object.setPrototypeOf(typed, schema.prototype as object);
  for (const key of Object.keys(typed)) {
    if (!(key in stored)) typed[key] = undefined;
    else if (typeof typed[key] === 'string' && isDateField(schema, key)) typed[key] = new Date(typed[key]);
  }
  return typed;
}

const insides = new WeakMap<Class, Class>();

/** The class without the `@Exclude()` on it, which class-transformer applies even where it ignores decorators. It is not inherited. */
function insideOf(schema: Class): Class {
  if (!exposesOnly(schema)) return schema;
  if (!insides.has(schema)) insides.set(schema, class extends schema {});
  return insides.get(schema)!;
}

function isDateField(schema: Class, key: string): boolean {
  return Reflect.getMetadata('design:type', schema.prototype as object, key) === Date || datesByDefault(schema).has(key);
}

const dateKeys = new WeakMap<Class, ReadonlySet<string>>();

function datesByDefault(schema: Class): ReadonlySet<string> {
  const known = dateKeys.get(schema);
  if (known) return known;
  const keys = new Set(Object.entries(newContext(schema)).flatMap(([key, value]) => (value instanceof Date ? key : [])));
  dateKeys.set(schema, keys);
  return keys;
}

/** The same for data from a caller: if a transformation of the class throws, the value is wrong. @throws InvalidInputError */
export function fromGiven(schema: Schema | undefined, stored: Json, what: string): unknown {
  try {
    return fromStored(schema, stored);
  } catch (error) {
    throw new InvalidInputError(what, [reasonOf(error)]);
  }
}

export function hasRules(schema: Schema | undefined): boolean {
  return schema !== undefined && (!isClass(schema) || validatedKeys(schema).length > 0);
}

/** Checks a value and returns it, for a Standard Schema as that has made it. @throws InvalidInputError with every problem */
export async function checked(schema: Schema | undefined, typed: unknown, what: string): Promise<unknown> {
  if (schema === undefined) return typed;
  if (!isClass(schema)) return askStandard(schema as unknown as StandardSchema, typed, what);
  if (typeof typed !== 'object' || typed === null) throw new InvalidInputError(what, [`it must be an object, as ${schema.name} is`]);
  if (!hasRules(schema)) return typed;
  const errors = await validate(typed, { forbidUnknownValues: false });
  if (errors.length > 0)
    throw new InvalidInputError(
      what,
      errors.flatMap((error) => [...problemsOf(error, '')]),
    );
  return typed;
}

async function askStandard(schema: StandardSchema, value: unknown, what: string): Promise<unknown> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return result.value;
  throw new InvalidInputError(what, result.issues.map(({ message, path }) => `${(path ?? []).map(keyIn).join('.') || 'it'}: ${message}`)); // prettier-ignore
}

/** A part of a path may be an object, as Valibot's are. */
function keyIn(part: unknown): string {
  return String(typeof part === 'object' && part !== null ? (part as { key: unknown }).key : part);
}

function* problemsOf(error: ValidationError, path: string): Iterable<string> {
  const place = path === '' ? error.property : `${path}.${error.property}`;
  for (const message of Object.values(error.constraints ?? {})) yield message.startsWith(error.property) && path === '' ? message : `${place}: ${message}`;
  for (const child of error.children ?? []) yield* problemsOf(child, place);
}
