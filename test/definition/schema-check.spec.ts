import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { JsonSchema } from '../../lib/definition/document-schema.js';

/** Ajv checks by code that it makes of a schema, and so is another opinion. */
function ajvOf(schema: object): (value: unknown) => { fits: boolean; value: unknown } {
  const ajv = new Ajv2020({ allErrors: true, strict: false, useDefaults: true, ownProperties: true });
  formats.default(ajv);
  const check = ajv.compile(schema);
  return (value) => {
    const copy = structuredClone(value);
    return { fits: check(copy), value: copy };
  };
}

function weSay(schema: object, value: unknown): { fits: boolean; value: unknown } {
  const ours = new JsonSchema(schema);
  expect(ours.fault, JSON.stringify(schema)).toBeNull();
  const found = ours['~standard'].validate(value);
  return 'issues' in found ? { fits: false, value: null } : { fits: true, value: found.value };
}

const VALUES: readonly unknown[] = [
  null, true, false, 0, 1, -1, 1.5, 3, 10, '', 'a', 'ab', 'abc', '\u{1f40c}', '\u{1f40c}\u{1f40c}', [], [1], [1, 1], [1, '1'], [{ a: 1, b: 2 }, { b: 2, a: 1 }], [[1], [1]],
  ['a', 'b', 3], {}, { a: 1 }, { a: 'x' }, { b: 1 }, { a: 1, b: 2 }, { a: { a: { a: 1 } } }, { a: {} }, { x1: 1 }, { x1: 'a', y: 2 },  { a: null },
]; // prettier-ignore

const SCHEMAS: readonly object[] = [
  {}, { type: 'integer' }, { type: ['string', 'null'] }, { type: 'object' }, { type: 'array' }, { type: 'number' },
  { minimum: 1 }, { maximum: 1 }, { exclusiveMinimum: 1 }, { exclusiveMaximum: 1 }, { multipleOf: 0.5 }, { multipleOf: 3 },
  { minLength: 2 }, { maxLength: 1 }, { pattern: '^a' }, { pattern: 'b$' }, { const: 1 }, { const: [1] }, { const: { b: 2, a: 1 } }, { enum: [1, 'a', null, {}] },
  { minItems: 1 }, { maxItems: 1 }, { uniqueItems: true }, { items: { type: 'number' } }, { items: false }, { prefixItems: [{ type: 'number' }, { type: 'string' }] },
  { prefixItems: [{ type: 'string' }], items: { type: 'string' } }, { contains: { type: 'string' } }, { contains: { type: 'number' }, minContains: 2 }, { contains: { const: 1 }, minContains: 0, maxContains: 1 },
  { minProperties: 1 }, { maxProperties: 1 }, { required: ['a'] }, { required: ['toString'] }, { dependentRequired: { a: ['b'] } }, { dependentSchemas: { a: { minProperties: 2 } } },
  { properties: { a: { type: 'number' } } }, { properties: { a: { type: 'number' } }, additionalProperties: false }, { additionalProperties: { type: 'number' } },
  { patternProperties: { '^x\\d': { type: 'number' } } }, { patternProperties: { '^x': true }, additionalProperties: false }, { propertyNames: { maxLength: 1 } }, { properties: { toString: { type: 'string' } } },
  { allOf: [{ minLength: 1 }, { maxLength: 2 }] }, { anyOf: [{ type: 'string' }, { minimum: 2 }] }, { oneOf: [{ type: 'number' }, { minimum: 2 }] }, { not: { type: 'string' } }, { not: {} },
  { if: { type: 'number' }, then: { minimum: 1 }, else: { minLength: 1 } }, { if: { required: ['a'] }, then: { required: ['b'] } }, { if: true, else: false },
  { properties: { a: { $ref: '#' } }, type: ['object', 'number'] }, { $defs: { 'a/b': { type: 'string' }, 'c%': { type: 'number' } }, anyOf: [{ $ref: '#/$defs/a~1b' }, { $ref: '#/$defs/c%25' }] },
  { properties: { a: { default: 7 }, b: { default: { c: [] } } } }, { properties: { a: { default: 7 } }, required: ['a'] }, { allOf: [{ properties: { a: { default: 1 } } }], required: ['a'] },
  { anyOf: [{ properties: { b: { default: 1 } } }] }, { if: { properties: { b: { default: 1 } } }, then: { properties: { c: { default: 2 } } } }, { properties: { a: { properties: { b: { default: 1 } } } } },
  { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'x', $comment: 'y', examples: [1], 'x-mine': 3 },
]; // prettier-ignore

describe('a JSON Schema of a document', () => {
  it.each(SCHEMAS.map((schema) => [JSON.stringify(schema), schema]))('says what Ajv says: %s', (_name, schema) => {
    const ajvSays = ajvOf(schema as object);
    for (const value of VALUES) {
      const [ours, others] = [weSay(schema as object, value), ajvSays(value)];
      expect(ours.fits, JSON.stringify(value)).toBe(others.fits);
      if (ours.fits) expect(ours.value, JSON.stringify(value)).toEqual(others.value);
    }
  });

  it.each<[string, string[], string[]]>([
    ['date', ['2024-02-29', '2000-02-29', '2026-12-31'], ['2023-02-29', '1900-02-29', '2026-13-01', '2026-04-31', '2026-00-10', '26-01-01']],
    ['time', ['10:00:00Z', '23:59:60Z', '10:00:00.5+02:00', '01:29:60+01:30'], ['24:00:00Z', '10:00', '10:00:60Z', '10:60:00Z', '10:00:00']],
    ['date-time', ['2026-01-31T10:00:00Z', '2026-01-31 10:00:00.123-05:00', '2026-01-31t10:00:00z'], ['2026-01-32T10:00:00Z', '2026-01-31', '2026-01-31T10:00:00']],
    ['duration', ['P1D', 'PT1H2M', 'P2W', 'P1Y2M3DT4H'], ['P', 'PT', '1D', 'P1H', 'P1W1D']],
    ['email', ['a@b.at', "o'x+1@sub.example.com"], ['a', 'a@', '@b.at', 'a@b', 'a b@c.at', 'a@-b.at']],
    ['hostname', ['a', 'a.b-c.at', 'a'.repeat(63)], ['', '-a', 'a-', 'a..b', 'a_b', 'a'.repeat(64)]],
    ['ipv4', ['1.2.3.4', '255.255.255.255'], ['256.1.1.1', '1.2.3', '1.2.3.4.5', '1.2.3.4.']],
    ['ipv6', ['::', '::1', '1:2:3:4:5:6:7:8', 'fe80::1', '::ffff:1.2.3.4', '1::'], [':', ':::', '1:2:3', '1::2::3', '12345::', '::1.2.3', '1:2:3:4:5:6:7:8:9']],
    ['uri', ['https://a.at/b?c=d#e', 'urn:a:b', 'mailto:a@b.at'], ['/a', 'a b:c', 'http://a b', '%zz:', '']],
    ['uri-reference', ['/a', '#x', '', '../a?b'], ['a b', '%zz', '\\']],
    ['uuid', ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8'], ['6ba7b810', '6ba7b810-9dad-11d1-80b4-00c04fd430cg']],
    ['json-pointer', ['', '/a/b', '/a~0b/~1'], ['a', '/a~2', '/a~']],
    ['relative-json-pointer', ['0', '1/a', '2#'], ['-1', '01', 'a']],
    ['regex', ['^a$', ''], ['(', '[']],
  ])('knows the format %s as Ajv does', (format, right, wrong) => {
    const ajvSays = ajvOf({ format });
    for (const text of [...right, ...wrong]) {
      expect(weSay({ format }, text).fits, text).toBe(right.includes(text));
      expect(ajvSays(text).fits, `Ajv: ${text}`).toBe(right.includes(text));
    }
  }); // prettier-ignore

  it.each([
    ['{"type":"objekt"}', '# has a wrong "type": it must be of null, boolean, number, integer, string, array, object'],
    ['{"properties":{"a":{"minimum":"1"}}}', '#/properties/a has a wrong "minimum": it must be a number'],
    ['{"properties":{"a":3}}', '#/properties/a must be object,boolean'],
    ['{"anyOf":[]}', '# has a wrong "anyOf": it must be a list of schemas'],
    ['{"items":[{}]}', '#/items must be object,boolean'],
    ['{"required":"a"}', '# has a wrong "required": it must be a list of names'],
    ['{"format":"emial"}', '# has a format "emial" that is not known. Did you mean "email"?'],
    ['{"$ref":"#/$defs/a"}', '# has a $ref "#/$defs/a" that leads to no schema in it'],
    ['{"$ref":"https://example.org/schema"}', '# has a $ref "https://example.org/schema" that leads to no schema in it'],
    ['{"$schema":"http://json-schema.org/draft-07/schema#"}', '# has a wrong "$schema": it must be that of draft 2020-12'],
    ['{"unevaluatedProperties":false}', '# has "unevaluatedProperties", which is not checked here'],
  ])('is refused with its place: %s', (schema, why) => expect(new JsonSchema(JSON.parse(schema) as object).fault).toBe(why));
});
