/**
 * The JSON Schema of expected data, to draw a form with. This covers the common decorators of class-validator and leaves out the
 * others: the class itself checks the data. A schema of another library gives its own.
 */
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { isClass } from '../definition/source.js';
import type { Class, Schema } from '../values/types.js';

type Shape = Record<string, unknown>;
type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

const known = new WeakMap<object, object | null>();

/** Null: no JSON Schema is known. */
export function jsonSchemaOf(schema: Schema | undefined): object | null {
  if (schema === undefined) return null;
  if (!known.has(schema)) known.set(schema, isClass(schema) ? shapeOf(schema, []) : ownSchema(schema));
  return known.get(schema)!;
}

/* ------------------------------------------------- of a class, by its decorators ---- */

/** A class inside itself becomes an object without details. */
function shapeOf(type: Class, outside: readonly Class[]): Shape {
  if (outside.includes(type)) return { type: 'object' };
  const byKey = new Map<string, Rule[]>();
  for (const rule of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false))
    byKey.set(rule.propertyName, [...(byKey.get(rule.propertyName) ?? []), rule]);
  const required = [...byKey].filter(([, rules]) => isRequired(rules)).map(([key]) => key);
  const properties = Object.fromEntries([...byKey].map(([key, rules]) => [key, propertyShape(type, key, rules, [...outside, type])]));
  return { type: 'object', title: type.name, properties, ...(required.length > 0 && { required }) };
}

/** False for a property with `@IsOptional`, or with only `@ValidateNested` or `@Allow`. */
function isRequired(rules: readonly Rule[]): boolean {
  return rules.some(({ type }) => type === 'customValidation') && !rules.some(({ type }) => type === 'conditionalValidation');
}

function propertyShape(type: Class, key: string, rules: readonly Rule[], outside: readonly Class[]): Shape {
  const declared: unknown = Reflect.getMetadata('design:type', type.prototype as object, key);
  const isList = declared === Array || rules.some((rule) => rule.each || rule.name === 'isArray');
  const nested = rules.some((rule) => rule.type === 'nestedValidation') ? nestedShape(type, key, isList, outside) : {};
  const ofItems = rules.filter((rule) => rule.each);
  const itself = said(rules.filter((rule) => !rule.each));
  if (!isList) return { ...DECLARED.get(declared), ...itself, ...nested };
  const items = { ...said(ofItems), ...nested };
  return { ...itself, type: 'array', ...(Object.keys(items).length > 0 && { items }) };
}

const DECLARED: ReadonlyMap<unknown, Shape> = new Map<unknown, Shape>([
  [String, { type: 'string' }],
  [Number, { type: 'number' }],
  [Boolean, { type: 'boolean' }],
  [Date, { type: 'string', format: 'date-time' }],
]);

/** Finds the nested class: class-transformer makes an instance of it from an empty object. */
function nestedShape(type: Class, key: string, isList: boolean, outside: readonly Class[]): Shape {
  try {
    const made = (plainToInstance(type, { [key]: isList ? [{}] : {} }) as Shape)[key];
    const inner = (Array.isArray(made) ? (made as unknown[])[0] : made) as object;
    return inner.constructor === Object ? { type: 'object' } : shapeOf(inner.constructor as Class, outside);
  } catch {
    return { type: 'object' };
  }
}

function said(rules: readonly Rule[]): Shape {
  const shapes = rules.map(({ name = '', constraints }) => (FIXED[name] ?? ASKED[name]?.(...((constraints ?? []) as any[])) ?? {}) as Shape);
  const shape: Shape = Object.assign({}, ...shapes);
  return shapes.some(({ type }) => type === 'integer') ? { ...shape, type: 'integer' } : shape;
}

const FIXED: Readonly<Record<string, Shape>> = {
  isString: { type: 'string' }, isNumber: { type: 'number' }, isInt: { type: 'integer' }, isBoolean: { type: 'boolean' },
  isObject: { type: 'object' }, isNotEmptyObject: { type: 'object', minProperties: 1 }, isDate: { type: 'string', format: 'date-time' },
  isEmail: { type: 'string', format: 'email' }, isUrl: { type: 'string', format: 'uri' }, isUuid: { type: 'string', format: 'uuid' },
  isRFC3339: { type: 'string', format: 'date-time' }, isIso8601: { type: 'string' }, isDateString: { type: 'string' },
  isNumberString: { type: 'string' }, isNotEmpty: { minLength: 1 }, isPositive: { exclusiveMinimum: 0 }, isNegative: { exclusiveMaximum: 0 },
  isLatitude: { minimum: -90, maximum: 90 }, isLongitude: { minimum: -180, maximum: 180 },
  arrayNotEmpty: { minItems: 1 }, arrayUnique: { uniqueItems: true },
}; // prettier-ignore

const ASKED: Readonly<Record<string, (...constraints: any[]) => Shape>> = {
  isEnum: (values: object) => ({ enum: enumValues(values) }),
  isIn: (values: readonly unknown[]) => ({ enum: [...values] }),
  isNotIn: (values: readonly unknown[]) => ({ not: { enum: [...values] } }),
  equals: (value: unknown) => ({ const: value }),
  min: (minimum: number) => ({ minimum }),
  max: (maximum: number) => ({ maximum }),
  isDivisibleBy: (multipleOf: number) => ({ multipleOf }),
  minLength: (minLength: number) => ({ minLength }),
  maxLength: (maxLength: number) => ({ maxLength }),
  isLength: (minLength: number, maxLength?: number) => ({ minLength, ...(maxLength !== undefined && { maxLength }) }),
  matches: (pattern: RegExp | string) => ({ pattern: pattern instanceof RegExp ? pattern.source : pattern }),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
};

/** The values of an enum. An enum of numbers has its names as values too, which are left out. */
function enumValues(values: object): unknown[] {
  const all = Object.entries(values);
  return all.filter(([key]) => Number.isNaN(Number(key))).map(([, value]: [string, unknown]) => value);
}

/* ------------------------------------------------------------ of another library ---- */

interface SelfDescribing {
  readonly '~standard'?: { readonly jsonSchema?: { readonly input?: (options: { target: string }) => unknown } };
  readonly toJSONSchema?: () => unknown;
  readonly jsonSchema?: unknown;
}

/** Asks the Standard JSON Schema first, then the library. One that throws or gives no object is passed over. */
function ownSchema(schema: Schema): object | null {
  const { '~standard': standard, jsonSchema } = schema as SelfDescribing;
  const ways: (() => unknown)[] = [
    () => standard?.jsonSchema?.input?.({ target: 'draft-2020-12' }),
    () => (schema as SelfDescribing).toJSONSchema?.(),
    () => jsonSchema,
  ];
  for (const way of ways) {
    const found = attempt(way);
    if (typeof found === 'object' && found !== null) return found;
  }
  return null;
}

function attempt(way: () => unknown): unknown {
  try {
    return way();
  } catch {
    return undefined;
  }
}
