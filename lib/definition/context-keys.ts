import { getMetadataStorage } from 'class-validator';
import type { Class, Schema } from '../values/types.js';
import { isClass } from './source.js';

/**
 * The keys of a context class, as far as they show at run time: fields with a default, fields that TypeScript emits (its default
 * from ES2022 on), and keys with class-validator rules. Null: the keys are unknown, so any key is accepted.
 */
export function contextKeys(context: Schema | undefined): ReadonlySet<string> | null {
  if (!isClass(context)) return null;
  try {
    return new Set([...Object.keys(newContext(context)), ...validatedKeys(context)]);
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
