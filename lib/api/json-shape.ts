/** The shape of an answer, as JSON Schema. What it does not name does not leave the application. */

export interface JsonShape {
  readonly [keyword: string]: unknown;
}

export const TEXT: JsonShape = { type: 'string' };
export const WHOLE: JsonShape = { type: 'integer' };
export const FLAG: JsonShape = { type: 'boolean' };
export const MOMENT_SHAPE: JsonShape = { type: 'string', format: 'date-time' };
/** One of these words. A word that the type has and the object has not is refused by the compiler, and the other way round. */
export function oneOfWords<Word extends string>(words: Readonly<Record<Word, true>>): JsonShape {
  return { type: 'string', enum: Object.keys(words) };
}
/** Any object. */
export const OBJECT: JsonShape = { type: 'object', additionalProperties: true };
/** Any JSON. */
export const DATA: JsonShape = {};

export function orNull(shape: JsonShape): JsonShape {
  return { ...shape, type: [shape.type, 'null'] };
}

export function arrayOf(items: JsonShape): JsonShape {
  return { type: 'array', items };
}

/** All properties are there, except the optional ones. */
export function objectOf(properties: Readonly<Record<string, JsonShape>>, optional: readonly string[] = []): JsonShape {
  const required = Object.keys(properties).filter((key) => !optional.includes(key));
  return { type: 'object', properties, required, additionalProperties: false };
}

export function pageShape(items: JsonShape): JsonShape {
  return objectOf({ items: arrayOf(items), next: { ...orNull(TEXT), description: 'Give it as `cursor` for the next page; null: this was the last.' } });
}

/** The parts of a value that its shape names. */
export function projected(shape: JsonShape, value: unknown, named: Readonly<Record<string, JsonShape>>): unknown {
  const { properties, items } = resolved(shape, named) as { properties?: Record<string, JsonShape>; items?: JsonShape };
  if (Array.isArray(value)) return items ? value.map((each) => projected(items, each, named)) : (value as unknown);
  if (!properties || typeof value !== 'object' || value === null) return value;
  const given = value as Record<string, unknown>;
  const keys = Object.keys(properties).filter((key) => given[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, projected(properties[key]!, given[key], named)]));
}

/** Begins the name of everything that the document names, so that it fits into the document of an application beside the names of that. */
const PREFIX = 'WorkflowApi';

/** Refers to a shape, or another part, that has a name in the document. */
export function called(name: string, part: 'schemas' | 'responses' = 'schemas'): { readonly $ref: string } {
  return { $ref: `#/components/${part}/${PREFIX}${name}` };
}

/** What has a name, under the names of the document. */
export function underNames(named: Readonly<Record<string, JsonShape>>): Record<string, JsonShape> {
  return Object.fromEntries(Object.entries(named).map(([name, shape]) => [`${PREFIX}${name}`, shape]));
}

function resolved(shape: JsonShape, named: Readonly<Record<string, JsonShape>>): JsonShape {
  return typeof shape.$ref === 'string' ? named[shape.$ref.slice(called('').$ref.length)]! : shape;
}
