import { type CheckedValue, valueUnder, type KeywordCheck } from './checked-value.js';
import type { SchemaCheck } from './schema-check.js';
import type { CheckWork } from './work.js';

type Values = Record<string, unknown>;
type Schemas = Readonly<Record<string, unknown>>;

/** A keyword of objects. */
function ofObject(keyword: string, demand: (said: any, value: Values, at: CheckedValue, check: SchemaCheck, schema: any) => void): [string, KeywordCheck] {
  return [keyword, (said, at, check, schema) => (isValues(at.value) ? demand(said, at.value, at, check, schema) : undefined)];
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const fillDefaults: KeywordCheck = (said: Schemas, { value, fills }, { work }) => {
  if (!fills || !isValues(value)) return;
  for (const key of spentKeys(said, work)) {
    const schema = said[key];
    if (isValues(schema) && schema['default'] !== undefined && !has(value, key)) value[key] = spentCopy(schema['default'], work);
  }
};

/** What a key costs, in checks. */
const COST_OF_KEY = 0.5;

function spentKeys(value: object, work: CheckWork): string[] {
  const keys = Object.keys(value);
  work.spend(keys.length * COST_OF_KEY);
  return keys;
}

function spentList(keys: readonly string[], work: CheckWork): readonly string[] {
  work.spend(keys.length * COST_OF_KEY);
  return keys;
}

function spentCopy(value: unknown, work: CheckWork): unknown {
  work.spend(1);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => spentCopy(each, work));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spentCopy(each, work)]));
}

const maxProperties = ofObject('maxProperties', (said: number, value, at, check, schema: object) => {
  if (spentKeys(value, check.work).length > said) check.refuse('maxProperties', `must NOT have more than ${said} properties`, at, schema);
});
const minProperties = ofObject('minProperties', (said: number, value, at, check, schema: object) => {
  if (spentKeys(value, check.work).length < said) check.refuse('minProperties', `must NOT have fewer than ${said} properties`, at, schema);
});
const required = ofObject('required', (said: readonly string[], value, at, check, schema: object) => {
  for (const key of spentList(said, check.work)) if (!has(value, key)) check.refuse('required', `must have required property '${key}'`, at, schema, key);
});
const dependentRequired = ofObject('dependentRequired', (said: Readonly<Record<string, readonly string[]>>, value, at, check, schema: object) => {
  for (const key of spentKeys(said, check.work))
    if (has(value, key))
      for (const other of spentList(said[key]!, check.work))
        if (!has(value, other)) check.refuse('dependentRequired', `must have property ${other} when property ${key} is present`, at, schema, other);
});
const dependentSchemas = ofObject('dependentSchemas', (said: Schemas, value, at, check) => {
  for (const key of spentKeys(said, check.work)) if (has(value, key)) check.visit(said[key], at);
});
const propertyNames = ofObject('propertyNames', (said, value, at, check, schema: object) => {
  for (const key of spentKeys(value, check.work)) {
    const { fits, issues } = check.try(said, { value: key, path: at.path, fills: false });
    for (const issue of issues) check.add(issue);
    if (!fits) check.refuse('propertyNames', 'property name must be valid', at, schema);
  }
});
const additionalProperties = ofObject('additionalProperties', (said, value, at, check, schema: { properties?: Schemas; patternProperties?: Schemas }) => {
  const { properties = {}, patternProperties = {} } = schema;
  const patterns = spentKeys(patternProperties, check.work);
  for (const key of spentKeys(value, check.work)) {
    if (Object.hasOwn(properties, key) || patterns.some((pattern) => check.patterns.get(pattern).test(key, check.work))) continue;
    if (said === false) check.refuse('additionalProperties', 'must NOT have additional properties', at, schema, key);
    else check.visit(said, valueUnder(at, key));
  }
});
const properties = ofObject('properties', (said: Schemas, value, at, check) => {
  for (const key of spentKeys(said, check.work)) if (has(value, key)) check.visit(said[key], valueUnder(at, key));
});
const patternProperties = ofObject('patternProperties', (said: Schemas, value, at, check) => {
  for (const pattern of spentKeys(said, check.work))
    for (const key of spentKeys(value, check.work)) if (check.patterns.get(pattern).test(key, check.work)) check.visit(said[pattern], valueUnder(at, key));
});

function has(value: Values, key: string): boolean {
  return Object.hasOwn(value, key) && value[key] !== undefined;
}

export const objectKeywords: readonly (readonly [string, KeywordCheck])[] = [
  maxProperties,
  minProperties,
  required,
  dependentRequired,
  dependentSchemas,
  propertyNames,
  additionalProperties,
  properties,
  patternProperties,
];
