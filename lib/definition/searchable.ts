import type { Schema } from '../values/types.js';
import { isClass } from './source.js';

const SEARCHABLE = 'nestjs-argonaut:searchable';

/** Records on the class that processes are found by the values of this key. */
export function markSearchable(prototype: object, key: string): void {
  Reflect.defineMetadata(SEARCHABLE, [...markedKeys(prototype), key], prototype);
}

function markedKeys(prototype: object): readonly string[] {
  return (Reflect.getMetadata(SEARCHABLE, prototype) as readonly string[] | undefined) ?? [];
}

/** The keys that `@Searchable()` marks in a class and its parents. */
export function markedSearchable(context: Schema | undefined): readonly string[] {
  return isClass(context) ? markedKeys(context.prototype as object) : [];
}

/** The keys by whose values processes are found: those that the class marks, and those that the workflow lists. */
export function searchableKeys({ context, searchable = [] }: { readonly context?: Schema; readonly searchable?: readonly string[] }): readonly string[] {
  return [...new Set([...markedSearchable(context), ...searchable])];
}
