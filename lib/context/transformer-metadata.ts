/** What the decorators of class-transformer say about a class. */
// @ts-expect-error class-transformer does not export it, and has the types of this file in another folder
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { MetadataStorage } from 'class-transformer/types/MetadataStorage.js';
import type { TypeMetadata } from 'class-transformer/types/interfaces/index.js';
import type { Class } from '../values/types.js';

/** Each copy of the package has its own. */
const storage = defaultMetadataStorage as MetadataStorage;

/** A class by a `@Type` with a discriminator: which property tells the subclass, and by which names. */
export interface Discriminator {
  readonly property: string;
  readonly subTypes: readonly { readonly name: string; readonly value: Class }[];
}

export interface ClassShape {
  /** The key of each name that `@Expose({ name })` gives. */
  readonly keyOf: ReadonlyMap<string, string>;
  /** `@Exclude()` on the class: only these keys are let in. Null: any. */
  readonly exposed: ReadonlySet<string> | null;
  /** Something in it, or in a class inside of it, is read in another way from outside. */
  readonly isTranslated: boolean;
  /** A `@Type` in it has a discriminator. */
  readonly isDiscriminated: boolean;
}

const shapes = new WeakMap<Class, ClassShape>();

export function shapeOfClass(type: Class): ClassShape {
  const known = shapes.get(type);
  if (known) return known;
  const all = reachable(type);
  const isDiscriminated = all.some((each) => typedKeys(each).some((key) => discriminatorOf(each, key) !== null));
  const isTranslated = isDiscriminated || all.some((each) => exposesOnly(each) || outsideNames(each).size > 0);
  const shape = { keyOf: outsideNames(type), exposed: exposesOnly(type) ? exposedKeys(type) : null, isTranslated, isDiscriminated };
  shapes.set(type, shape);
  return shape;
}

/** The class, and all classes inside of it. */
function reachable(type: Class, found = new Set<Class>()): Class[] {
  if (!found.has(type)) {
    found.add(type);
    for (const key of typedKeys(type)) for (const inner of innerTypes(type, key)) reachable(inner, found);
  }
  return [...found];
}

function exposedKeys(type: Class): ReadonlySet<string> {
  return new Set(storage.getExposedMetadatas(type).flatMap(({ propertyName }) => propertyName ?? []));
}

function outsideNames(type: Class): ReadonlyMap<string, string> {
  const renamed = storage.getExposedMetadatas(type).filter(({ propertyName, options }) => options?.name !== undefined && options.name !== propertyName);
  return new Map(renamed.map(({ propertyName, options }) => [options.name!, propertyName!]));
}

/** `@Exclude()` on the class itself. */
export function exposesOnly(type: Class): boolean {
  return storage.getStrategy(type) === 'excludeAll';
}

/** The keys that have an `@Exclude` of their own. */
export function excludedKeys(type: Class): string[] {
  return storage.getExcludedMetadatas(type).flatMap(({ propertyName }) => propertyName ?? []);
}

/** The keys that have a `@Type`, also of the classes above. */
export function typedKeys(type: Class): string[] {
  const { _typeMetadatas: all } = storage as unknown as { readonly _typeMetadatas: ReadonlyMap<unknown, ReadonlyMap<string, TypeMetadata>> };
  const keys: string[] = [];
  for (let each: unknown = type; typeof each === 'function'; each = Object.getPrototypeOf(each)) keys.push(...(all.get(each)?.keys() ?? []));
  return [...new Set(keys)];
}

/** The class that `@Type` names for a key of this object. Null: none. */
export function innerType(type: Class, key: string, object: object): Class | null {
  const metadata = storage.findTypeMetadata(type, key) as TypeMetadata | undefined;
  try {
    return (metadata?.typeFunction?.({ newObject: {}, object, property: key }) as Class | undefined) ?? null;
  } catch {
    return null; // it needs an object that is complete
  }
}

/** All classes that a key can be of, as far as they show without a value. */
export function innerTypes(type: Class, key: string): Class[] {
  const named = innerType(type, key, {});
  return [...(named ? [named] : []), ...(discriminatorOf(type, key)?.subTypes.map(({ value }) => value) ?? [])];
}

/** Whether a key holds a Map, so that its `@Type` is that of the values. */
export function isMapOf(type: Class, key: string): boolean {
  return (storage.findTypeMetadata(type, key) as TypeMetadata | undefined)?.reflectedType === Map;
}

export function discriminatorOf(type: Class, key: string): Discriminator | null {
  const discriminator = (storage.findTypeMetadata(type, key) as TypeMetadata | undefined)?.options?.discriminator;
  return discriminator ? (discriminator as unknown as Discriminator) : null;
}
