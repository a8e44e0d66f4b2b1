/** The fields of a request: each checks a value, and describes itself for the OpenAPI document. */
import { checkName, checkOneOf, checkOptions, MAX_EVENT_KEY } from '../context/checks.js';
import type { SearchedValue } from '../query/process-filter.js';
import { kindOf } from '../values/describe-error.js';
import { InvalidInputError } from '../values/errors.js';
import type { EventKey } from '../values/types.js';
import type { JsonShape } from './json-shape.js';

export interface Field<T = unknown, Required extends boolean = boolean> {
  readonly shape: JsonShape;
  readonly required: Required;
  /** The value as it is meant. @throws InvalidInputError */
  readonly read: (value: unknown, name: string) => T;
}

export type Fields = Readonly<Record<string, Field>>;

/** The values that fit these fields. */
export type FieldValues<F> = { readonly [K in keyof F]: F[K] extends Field<infer T, infer R> ? (R extends true ? T : T | undefined) : never };

const MOST_WHOLE = 2 ** 31 - 1;

export function textField(most: number, description: string): Field<string, false> {
  const read = (value: unknown, name: string) => {
    checkName(name, value, most);
    return value as string;
  };
  return { shape: { type: 'string', minLength: 1, maxLength: most, description }, required: false, read };
}

export function wholeField(least: number, most: number, description: string): Field<number, false> {
  const read = (value: unknown, name: string) => {
    const number = typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidInputError(name, [`it must be a whole number from ${least} to ${most}`]);
  };
  return { shape: { type: 'integer', minimum: least, maximum: most, description }, required: false, read };
}

export function versionField(description: string): Field<number, false> {
  return wholeField(1, MOST_WHOLE, description);
}

export function flagField(description: string): Field<boolean, false> {
  const read = (value: unknown, name: string) => {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw new InvalidInputError(name, ['it must be true or false']);
  };
  return { shape: { type: 'boolean', description }, required: false, read };
}

export function oneOfField<const T extends string>(values: readonly T[], description: string): Field<T, false> {
  const read = (value: unknown, name: string) => {
    checkOneOf(name, typeof value === 'string' ? value : kindOf(value), values);
    return value as T;
  };
  return { shape: { type: 'string', enum: values, description }, required: false, read };
}

/** A list. In a query, the parameter is repeated; once is a list of one. */
export function listField<T>(of: Field<T>, most: number, description: string): Field<T[], false> {
  const read = (value: unknown, name: string) => {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (list.length === 0 || list.length > most) throw new InvalidInputError(name, [`it must have 1 to ${most} items`]);
    return list.map((each) => of.read(each, name));
  };
  const { description: _of, ...items } = of.shape;
  return { shape: { type: 'array', items, minItems: 1, maxItems: most, description }, required: false, read };
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

export function momentField(description: string): Field<Date, false> {
  const read = (value: unknown, name: string) => {
    const date = typeof value === 'string' && MOMENT.test(value) ? new Date(value) : null;
    if (date && !Number.isNaN(date.getTime())) return date;
    throw new InvalidInputError(name, ['it must be a date and time with an offset, such as 2026-11-29T12:00:00Z']);
  };
  return { shape: { type: 'string', format: 'date-time', description }, required: false, read };
}

export function objectField(description: string): Field<Record<string, unknown>, false> {
  const read = (value: unknown, name: string) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw new InvalidInputError(name, [`it must be an object, not ${kindOf(value)}`]);
  };
  return { shape: { type: 'object', additionalProperties: true, description }, required: false, read };
}

/** An object as JSON, in a query. */
export function jsonField(description: string): Field<Record<string, SearchedValue>, false> {
  const read = (value: unknown, name: string) => objectField('').read(parsedOrNull(value), name) as Record<string, SearchedValue>;
  return { shape: { type: 'string', contentMediaType: 'application/json', maxLength: 4000, description }, required: false, read };
}

function parsedOrNull(text: unknown): unknown {
  try {
    return typeof text === 'string' && text.length <= 4000 ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** New names by old names. */
export function namesField(description: string): Field<Record<string, string>, false> {
  const read = (value: unknown, name: string) => {
    const given = objectField('').read(value, name);
    for (const [key, each] of Object.entries(given)) checkName(`${name}.${key}`, each, 100);
    return given as Record<string, string>;
  };
  return { shape: { type: 'object', additionalProperties: { type: 'string' }, description }, required: false, read };
}

/** The key of an event, or a key with a name. `emit` checks names and values. */
export function keyField(description: string): Field<EventKey, false> {
  const shape = { type: ['string', 'object'], minLength: 1, maxLength: MAX_EVENT_KEY, additionalProperties: { type: 'string' }, description };
  const read = (value: unknown, name: string) => (typeof value === 'string' ? textField(MAX_EVENT_KEY, '') : objectField('')).read(value, name) as EventKey;
  return { shape, required: false, read };
}

/** Any JSON. The workflow checks it by its own rules. */
export function dataField(description: string): Field<unknown, false> {
  return { shape: { description }, required: false, read: (value) => value };
}

export function required<T>(field: Field<T>): Field<T, true> {
  return { ...field, required: true };
}

/** The values of all fields. @throws InvalidInputError with every problem */
export function readFields<F extends Fields>(what: string, fields: F, given: unknown): FieldValues<F> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new InvalidInputError(what, [`it must be an object, not ${kindOf(given)}`]);
  checkOptions(what, given, Object.keys(fields));
  const [values, problems]: [Record<string, unknown>, string[]] = [{}, []];
  for (const [name, field] of Object.entries(fields)) readField(name, field, (given as Record<string, unknown>)[name], values, problems);
  if (problems.length > 0) throw new InvalidInputError(what, problems);
  return values as FieldValues<F>;
}

function readField(name: string, field: Field, value: unknown, values: Record<string, unknown>, problems: string[]): void {
  if (value === undefined) return void (field.required && problems.push(`${name} must be given`));
  try {
    values[name] = field.read(value, name);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    problems.push(error.message);
  }
}
