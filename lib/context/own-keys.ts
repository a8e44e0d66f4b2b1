/**
 * What is stored has the keys of the class. Names that `@Expose` gives are names for outside: they are understood in what callers
 * give, and play no part between steps.
 */
import { isRecord, quoted } from '../values/describe-error.js';
import { UnserialisableValueError } from '../values/errors.js';
import type { Class } from '../values/types.js';
import { placeIn } from './plain.js';
import { type Discriminator, discriminatorOf, innerType, isMapOf, shapeOfClass } from './transformer-metadata.js';

/** Data from a caller, under the keys of the class. Nothing is copied where the class says nothing of it. @throws UnserialisableValueError */
export function underOwnKeys(type: Class, given: object, place: string): object {
  return shapeOfClass(type).isTranslated ? translated(type, given, place, true) : given;
}

/** Data of a step: plain objects of one of several classes become what `@Type` says, so that class-transformer can name them. */
export function withSubclasses(type: Class, value: object, place: string): object {
  return shapeOfClass(type).isDiscriminated ? translated(type, value, place, false) : value;
}

function translated(type: Class, value: object, place: string, isOutside: boolean): Record<string, unknown> {
  const { keyOf, exposed } = shapeOfClass(type);
  const own = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>;
  for (const [name, given] of Object.entries(value) as [string, unknown][]) {
    const key = (isOutside && keyOf.get(name)) || name;
    if (isOutside && exposed && !exposed.has(key)) continue;
    if (key !== name && Object.hasOwn(value, key)) throw new UnserialisableValueError(placeIn(place, key), `it is given twice, as "${name}" too`);
    const read = inner(type, key, given, { place: placeIn(place, key), isOutside, object: value });
    Object.defineProperty(own, key, { value: read, enumerable: true, writable: true, configurable: true }); // `__proto__` is a key as well, and is refused later
  }
  return own;
}

interface Inside {
  readonly place: string;
  readonly isOutside: boolean;
  readonly object: object;
}

function inner(type: Class, key: string, given: unknown, inside: Inside): unknown {
  if (typeof given !== 'object' || given === null) return given;
  if (Array.isArray(given)) return given.map((each, i) => inner(type, key, each, { ...inside, place: `${inside.place}[${i}]` }));
  if (isMapOf(type, key)) return eachOf(given, (each, name) => one(type, key, each, { ...inside, place: placeIn(inside.place, name) }));
  return one(type, key, given, inside);
}

/** A Map, or the object that it is stored as. */
function eachOf(given: object, read: (each: unknown, name: string) => unknown): object {
  if (given instanceof Map) return new Map([...(given as Map<unknown, unknown>)].map(([name, each]) => [name, read(each, String(name))]));
  return Object.fromEntries(Object.entries(given).map(([name, each]) => [name, read(each, name)]));
}

function one(type: Class, key: string, given: unknown, inside: Inside): unknown {
  if (typeof given !== 'object' || given === null) return given;
  const discriminator = discriminatorOf(type, key);
  const named = discriminator ? subclassOf(discriminator, given, inside.place) : innerType(type, key, inside.object);
  if (!named || !shapeOfClass(named).isTranslated) return discriminator ? ofClass(named!, given) : given;
  const own = translated(named, given, inside.place, inside.isOutside);
  return discriminator ? ofClass(named, own) : own;
}

/** @throws UnserialisableValueError for an object of none of the classes, which class-transformer would read as another or not at all */
function subclassOf({ property, subTypes }: Discriminator, given: object, place: string): Class {
  const kind = (given as Record<string, unknown>)[property];
  const found = subTypes.find(({ value }) => value === given.constructor) ?? subTypes.find(({ name }) => name === kind);
  if (found) return found.value;
  const names = subTypes.map(({ name }) => name).join(', ');
  throw new UnserialisableValueError(
    place,
    `its "${property}" is ${isRecord(given) && kind !== undefined ? quoted(kind) : 'missing'}, and @Type knows ${names}`,
  );
}

function ofClass(type: Class, value: object): object {
  return Object.assign(Object.create(type.prototype as object) as object, value);
}
