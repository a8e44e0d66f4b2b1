import 'reflect-metadata';
import { instanceToPlain, plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { reasonOf } from '../values/reason.js';
import type { Json, JsonObject } from '../values/json.js';
import { isClass } from '../definition/source.js';
import { validatedKeys } from '../definition/context-keys.js';
import { InvalidInputError } from '../values/errors.js';
import type { Class, Schema } from '../values/types.js';
import { checkKind, checkParts, copy, kindOf, plainObject } from './plain.js';

/** The little of Standard Schema that is needed to ask it. */
interface StandardSchema {
  readonly '~standard': { validate(value: unknown): StandardResult | Promise<StandardResult> };
}
type StandardResult =
  { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] }[] };

/**
 * Typed data → what is stored: the class's own transformations first.
 * @throws UnserialisableValueError also for what these would lose
 */
export function toStored(schema: Schema | undefined, value: object, place: string): JsonObject {
  if (!isClass(schema)) return plainObject(value, place);
  checkParts({ ...value }, place);
  const typed = Object.assign(Object.create(schema.prototype as object) as object, value);
  const stored = plainObject(instanceToPlain(typed, { exposeUnsetFields: false }), place);
  for (const [key, each] of Object.entries(value))
    if (kindOf(each) !== null && !comesBack(schema, key, each, stored)) checkKind(each, place === '' ? key : `${place}.${key}`);
  return stored;
}

/**
 * The same for what somebody gives. What the class's own transformations cannot make anything of may be wrong by its rules as well, as
 * a text that is no date is: then it is a wrong field. `check` asks them.
 */
export async function storable(schema: Schema | undefined, given: object, place: string, check: (read: JsonObject) => Promise<unknown>): Promise<JsonObject> {
  try {
    return toStored(schema, given, place);
  } catch (error) {
    const read = isClass(schema) ? asData(given) : null;
    if (read) await check(read);
    throw error;
  }
}

function asData(given: object): JsonObject | null {
  try {
    return plainObject(given, '');
  } catch {
    return null;
  }
}

/** A Map or the like is data where the class makes one again of what is stored of it. */
function comesBack(schema: Class, key: string, value: unknown, stored: JsonObject): boolean {
  return key in stored && kindOf((fromStored(schema, { [key]: stored[key]! }) as Record<string, unknown>)[key]) === kindOf(value);
}

/**
 * What is stored → typed data, for one reader alone. Dates come back as dates where the class says so, by `@Type` or by any
 * decorator on a field of type Date; what is not stored is undefined, whatever the class's default.
 */
export function fromStored(schema: Schema | undefined, stored: Json): unknown {
  if (!isClass(schema) || typeof stored !== 'object' || stored === null || Array.isArray(stored)) return copy(stored);
  const typed = plainToInstance(schema, copy(stored)) as Record<string, unknown>;
  for (const key of Object.keys(typed)) {
    if (!(key in stored)) typed[key] = undefined;
    else if (typeof typed[key] === 'string' && isDateField(schema, key)) typed[key] = new Date(typed[key]);
  }
  return typed;
}

function isDateField(schema: Class, key: string): boolean {
  return Reflect.getMetadata('design:type', schema.prototype as object, key) === Date;
}

/** The same for what somebody gives: a transformation of the class's that throws is a fault of the value. @throws InvalidInputError */
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

/** @throws InvalidInputError with every problem; what a Standard Schema made of the value otherwise */
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
