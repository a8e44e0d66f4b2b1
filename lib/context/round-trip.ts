/** What boot can prove: data of this class comes back to the next step as it was stored. */
import { contextKeys, newContext } from '../definition/context-keys.js';
import { reasonOf } from '../values/reason.js';
import type { Class } from '../values/types.js';
import { kindOfValue } from './plain.js';
import { excludedKeys, innerTypes, exposesOnly, shapeOfClass, typedKeys } from './transformer-metadata.js';
import { fromStored, toStored } from './typed-data.js';

/** Sentences that name the key and the decorator, for a class that can be made without arguments. */
export function roundTripProblems(type: Class): string[] {
  const said = [...new Set(decoratorProblems(type, type.name, new Set()))];
  return said.length > 0 ? said : lossOfDefaults(type);
}

function* decoratorProblems(type: Class, place: string, seen: Set<Class>): Iterable<string> {
  if (seen.has(type)) return;
  seen.add(type);
  for (const key of excludedKeys(type))
    yield `${place}.${key} has @Exclude(), which would lose it between steps. Take the decorator off, or keep the key in a class that is only shown.`;
  yield* unexposed(type, place);
  yield* namesThatAreKeys(type, place);
  for (const key of typedKeys(type)) for (const inner of innerTypes(type, key)) yield* insideProblems(inner, `${place}.${key}`, seen);
}

/** The keys that `@Exclude()` on the class leaves out. */
function unexposed(type: Class, place: string): string[] {
  const { exposed } = shapeOfClass(type);
  const keys = exposed ? [...(contextKeys(type) ?? [])].filter((key) => !exposed.has(key)) : [];
  return keys.map((key) => `${place}.${key} has no @Expose(), and @Exclude() on ${type.name} leaves it out. Give it one, or take @Exclude() off the class.`);
}

function namesThatAreKeys(type: Class, place: string): string[] {
  const keys = contextKeys(type) ?? new Set<string>();
  const taken = [...shapeOfClass(type).keyOf].filter(([name]) => keys.has(name));
  return taken.map(([name, key]) => `${place}.${key} has @Expose({ name: "${name}" }), and ${name} is a key of its own. Give it another name.`);
}

function* insideProblems(inner: Class, place: string, seen: Set<Class>): Iterable<string> {
  if (exposesOnly(inner))
    yield `${place} is a ${inner.name}, and @Exclude() on that class would empty it between steps. Take it off: what is stored needs every key.`;
  yield* decoratorProblems(inner, place, seen);
}

/** Stores the defaults of the class, and reads them back. */
function lossOfDefaults(type: Class): string[] {
  const made = newContext(type);
  try {
    const back = fromStored(type, toStored(type, made, '')) as Record<string, unknown>;
    const changed = Object.keys(made).filter((key) => made[key] instanceof Date && !(back[key] instanceof Date));
    return changed.map(
      (key) => `${type.name}.${key} is a Date, and comes back as ${kindOfValue(back[key]) ?? `a ${typeof back[key]}`}. Give it @Type(() => Date).`,
    );
  } catch (error) {
    return [`${type.name} cannot be stored with its defaults: ${reasonOf(error)}`];
  }
}
