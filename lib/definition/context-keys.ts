import { getMetadataStorage } from 'class-validator';
import type { Class, Schema } from '../values/types.js';
import { isClass } from './source.js';

/**
 * The keys a context class declares, as far as it tells at run time: fields with a default or compiled as fields (TypeScript's
 * default from ES2022 on), and those class-validator knows. Null: it cannot be told, so any key will do.
 */
export function contextKeys(context: Schema | undefined): ReadonlySet<string> | null {
  if (!isClass(context)) return null;
  try {
    return new Set([...Object.keys(newContext(context)), ...validatedKeys(context)]);
  } catch {
    return null; // its constructor throws, which boot reports beside everything else
  }
}

export function validatedKeys(context: Class): string[] {
  return getMetadataStorage()
    .getTargetValidationMetadatas(context, '', false, false)
    .map(({ propertyName }) => propertyName);
}

/** A context with its defaults: the class is data, so its constructor takes nothing. */
export function newContext(context: Class): Record<string, unknown> {
  return new context() as Record<string, unknown>;
}
