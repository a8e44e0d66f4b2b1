import { getMetadataStorage } from 'class-validator';
import type { Class, Schema } from '../values/types.js';
import { markedSearchable } from './searchable.js';
import { isClass } from './source.js';

/**
 * The keys of a context class, as far as they show at run time: fields with a default, fields that TypeScript emits (its default
 * from ES2022 on), and keys with class-validator rules or `@Searchable()`. Null: the keys are unknown, so any key is accepted.
 */
export function contextKeys(context: Schema | undefined): ReadonlySet<string> | null {
  if (!isClass(context)) return null;
  try {
    return new Set([...Object.keys(newContext(context)), ...validatedKeys(context), ...markedSearchable(context)]);
  } catch {
    return null; // the constructor throws; boot reports that with the other problems
  }
}

export function validatedKeys(context: Class): string[] {
  return getMetadataStorage()
    .getTargetValidationMetadatas(context, '', false, false)
    .map(({ propertyName }) => propertyName);
}

/** A context with its defaults. The class is data, so its constructor takes no arguments. */
export function newContext(context: Class): Record<string, unknown> {
  return new context() as Record<string, unknown>;
}

/** What class-validator's rules say of a value, by the name of the rule. */
const RULE_KINDS: Readonly<Record<string, string>> = {
  isBoolean: 'boolean', isNumber: 'number', isInt: 'number', isString: 'string', isArray: 'list', isDate: 'date', isEmail: 'string', isDateString: 'string', isUuid: 'string',
}; // prettier-ignore

/** What a key of a context class holds: the kind of its default, else what its rules say. None: not known. */
export function heldBy(context: Schema | undefined, key: string): readonly string[] {
  if (!isClass(context)) return [];
  const value = defaultOf(context, key);
  return value === undefined || value === null ? ruledKinds(context, key) : [kindOfDefault(value)];
}

function ruledKinds(context: Class, key: string): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(context, '', false, false).filter(({ propertyName }) => propertyName === key); // prettier-ignore
  if (rules.some(({ each }) => each)) return ['list'];
  return rules.flatMap(({ name }) => RULE_KINDS[name ?? ''] ?? []).slice(0, 1);
}

function defaultOf(context: Class, key: string): unknown {
  try {
    return newContext(context)[key];
  } catch {
    return undefined; // boot reports that with the other problems
  }
}

function kindOfDefault(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value instanceof Date ? 'date' : typeof value;
}
