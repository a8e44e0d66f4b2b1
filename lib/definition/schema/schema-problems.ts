/** Whether a JSON Schema from outside can be used: it is one, all that it says is checked here, and it leads nowhere in a circle. */
import { didYouMean } from '../../values/suggest.js';
import { FORMATS, NUMBER_FORMATS } from './formats.js';
import { TYPE_NAMES } from './keywords.js';
import { UnusablePattern } from './pattern-syntax.js';
import { schemaAt } from './references.js';
import type { SchemaPatterns } from './schema-check.js';

const ONE = ['additionalProperties', 'items', 'contains', 'propertyNames', 'not', 'if', 'then', 'else'];
const LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAP = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];
/** Those that look at the same value again. */
const IN_PLACE = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentSchemas'];
/** Passed over, they would let values through. */
const NOT_THERE = ['$async', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor', 'unevaluatedItems', 'unevaluatedProperties', 'dependencies', 'additionalItems']; // prettier-ignore
const MOST_SCHEMAS = 2000;
const FORMAT_NAMES: readonly string[] = [...FORMATS.keys(), ...NUMBER_FORMATS.keys()];

type SchemaObject = Readonly<Record<string, unknown>>;

/** A schema valueUnder the whole, and how it is reached: by a path such as `#/properties/city`. */
interface SchemaPart {
  readonly schema: unknown;
  readonly place: string;
}

/** Null: the schema can be used. Otherwise the first fault found, with its place. */
export function schemaFault(root: object, patterns: SchemaPatterns): string | null {
  const open: SchemaPart[] = [{ schema: root, place: '#' }];
  const seen = new Set<unknown>();
  for (const { schema, place } of open) {
    if (typeof schema === 'boolean' || seen.has(schema)) continue;
    seen.add(schema);
    const fault = seen.size > MOST_SCHEMAS ? `has more than ${MOST_SCHEMAS} schemas in it` : faultIn(schema, root, patterns);
    if (fault !== null) return `${place} ${fault}`;
    open.push(...schemasIn(schema as SchemaObject, place), ...referred(schema as SchemaObject, root, place));
  }
  return circleIn(open, root);
}

function faultIn(schema: unknown, root: object, patterns: SchemaPatterns): string | null {
  if (!isSchemaObject(schema)) return 'must be object,boolean';
  const missing = NOT_THERE.find((keyword) => Object.hasOwn(schema, keyword)) ?? (Object.hasOwn(schema, '$id') && schema !== root ? '$id' : undefined);
  if (missing !== undefined) return `has "${missing}", which is not checked here`;
  for (const [keyword, wanted] of Object.entries(WANTED))
    if (Object.hasOwn(schema, keyword) && !wanted.isRight(schema[keyword])) return `has a wrong "${keyword}": it must be ${wanted.words}`;
  return formatFault(schema) ?? referenceFault(schema, root) ?? patternFault(schema, patterns);
}

function formatFault({ format }: SchemaObject): string | null {
  if (format === undefined || FORMAT_NAMES.includes(format as string)) return null;
  return `has a format "${String(format).slice(0, 100)}" that is not known.${didYouMean(String(format), FORMAT_NAMES)}`;
}

function referenceFault({ $ref }: SchemaObject, root: object): string | null {
  if ($ref === undefined) return null;
  const target = schemaAt(root, $ref as string);
  return isSchemaObject(target) || typeof target === 'boolean' ? null : `has a $ref "${String($ref).slice(0, 100)}" that leads to no schema in it`;
}

function patternFault({ pattern, patternProperties = {} }: SchemaObject, patterns: SchemaPatterns): string | null {
  for (const each of [...(pattern === undefined ? [] : [pattern as string]), ...Object.keys(patternProperties as SchemaObject)]) {
    const fault = unusable(each, patterns);
    if (fault !== null) return `has a pattern "${each.slice(0, 100)}" that cannot be used: ${fault}`;
  }
  return null;
}

function unusable(pattern: string, patterns: SchemaPatterns): string | null {
  try {
    patterns.get(pattern);
    return null;
  } catch (error) {
    if (error instanceof UnusablePattern) return error.message;
    throw error;
  }
}

/* ---------------------------------------------------------------- its parts ---- */

function schemasIn(schema: SchemaObject, place: string): SchemaPart[] {
  const one = ONE.flatMap((keyword) => (Object.hasOwn(schema, keyword) ? { schema: schema[keyword], place: `${place}/${keyword}` } : []));
  return [...one, ...[...LIST, ...MAP].flatMap((keyword) => (Object.hasOwn(schema, keyword) ? within(schema[keyword] as object, `${place}/${keyword}`) : []))];
}

function within(schemas: object, place: string): SchemaPart[] {
  return Object.entries(schemas).map(([key, schema]) => ({ schema: schema as unknown, place: `${place}/${key.slice(0, 50)}` }));
}

function referred({ $ref }: SchemaObject, root: object, place: string): SchemaPart[] {
  return $ref === undefined ? [] : [{ schema: schemaAt(root, $ref as string), place: `${place}/$ref` }];
}

/** A schema that asks itself about the same value would never come to an end. */
function circleIn(parts: readonly SchemaPart[], root: object): string | null {
  const [open, done] = [new Set<unknown>(), new Set<unknown>()];
  const leadsBack = (schema: unknown): boolean => {
    if (!isSchemaObject(schema) || done.has(schema)) return false;
    if (open.has(schema)) return true;
    open.add(schema);
    const isCircle = inPlace(schema, root).some(leadsBack);
    open.delete(schema);
    done.add(schema);
    return isCircle;
  };
  const found = parts.find(({ schema }) => leadsBack(schema));
  return found ? `${found.place} leads back to itself, and so would never come to an end` : null;
}

function inPlace(schema: SchemaObject, root: object): unknown[] {
  return IN_PLACE.filter((keyword) => Object.hasOwn(schema, keyword)).flatMap((keyword) => {
    const said = schema[keyword];
    if (keyword === '$ref') return [schemaAt(root, said as string)];
    return keyword === 'dependentSchemas' ? Object.values(said as object) : Array.isArray(said) ? (said as unknown[]) : [said];
  });
}

/* ---------------------------------------------------------------- what they say ---- */

interface Wanted {
  readonly isRight: (value: unknown) => boolean;
  readonly words: string;
}

const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value);
const isTexts = (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === 'string');
const isType = (value: unknown) => TYPE_NAMES.includes(value as string);
const number: Wanted = { isRight: isNumber, words: 'a number' };
const count: Wanted = { isRight: (value) => Number.isSafeInteger(value) && (value as number) >= 0, words: 'a whole number from 0' };
const text: Wanted = { isRight: (value) => typeof value === 'string', words: 'a text' };
const texts: Wanted = { isRight: isTexts, words: 'a list of names' };
const schemas: Wanted = { isRight: isSchemaObject, words: 'an object of schemas' };
const schemaList: Wanted = { isRight: (value) => Array.isArray(value) && value.length > 0, words: 'a list of schemas' };

const WANTED: Readonly<Record<string, Wanted>> = {
  $schema: { isRight: (value) => /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(typeof value === 'string' ? value : ''), words: 'that of draft 2020-12' },
  type: { isRight: (value) => isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType)), words: `of ${TYPE_NAMES.join(', ')}` },
  enum: { isRight: Array.isArray, words: 'a list of values' },
  required: texts,
  dependentRequired: { isRight: (value) => isSchemaObject(value) && Object.values(value).every(isTexts), words: 'an object of lists of names' },
  pattern: text, format: text, $ref: text,
  uniqueItems: { isRight: (value) => typeof value === 'boolean', words: 'true or false' },
  multipleOf: { isRight: (value) => isNumber(value) && (value as number) > 0, words: 'a number above 0' },
  maximum: number, minimum: number, exclusiveMaximum: number, exclusiveMinimum: number,
  maxLength: count, minLength: count, maxItems: count, minItems: count, minContains: count, maxContains: count, maxProperties: count, minProperties: count,
  properties: schemas, patternProperties: schemas, dependentSchemas: schemas, $defs: schemas, definitions: schemas,
  allOf: schemaList, anyOf: schemaList, oneOf: schemaList, prefixItems: schemaList,
}; // prettier-ignore

function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
