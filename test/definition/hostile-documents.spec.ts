/** Documents of people who mean harm: each is refused, or taken, after work that has a limit. */
import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { Step, type StepRef, type WorkflowJson } from 'nestjs-argonaut';
import { DOCUMENT_LIMITS } from '../../lib/definition/document-limits.js';
import { JsonSchema } from '../../lib/definition/document-schema.js';
import { compile } from './graphs.js';

@Step()
class A {
  run(_context: object, _step: StepRef) {}
}
const steps = [A];
const problems = (given: object) => compile(given, { steps }).problems;
const withContext = (context: object) => problems({ name: 'x', context, steps: [{ name: 'A' }] });
const line = (count: number, more: (i: number) => object = () => ({})) => Array.from({ length: count }, (_, i) => ({ name: `s${i}`, use: 'A', ...more(i) }));
const mistaken = { name: 'x', steps: line(200, (i) => ({ name: `s${i}`.padEnd(90, `s${i}`), next: `q${i}`.padEnd(90, `s${i}`) })) };

/** What validating a value by a schema comes to. */
function checked(schema: object, value: unknown): string {
  const context = new JsonSchema(schema);
  expect(context.fault).toBeNull();
  const found = context['~standard'].validate(value);
  return 'issues' in found ? `${found.issues.length}: ${found.issues[0]!.message}` : 'fits';
}

describe('a document', () => {
  it.each<[string, () => object, string]>([
    ['of 10 MB', () => ({ name: 'x', steps: line(1), config: { a: 'x'.repeat(1e7) } }), 'it has more than 65536 bytes as JSON (documents.bytes).'],
    ['with an endless list', () => ({ name: 'x', steps: line(1), config: { a: Array(1e7) } }), 'it has more than 65536 bytes as JSON (documents.bytes).'],
    ['with thousands of steps', () => ({ name: 'x', steps: Array(3000).fill({ name: 'A' }) }), 'it has 3000 steps; at most 200 are taken (documents.steps).'],
    ['with two lists of steps', () => ({ name: 'x', steps: line(150), activities: line(150) }), 'it has 300 steps; at most 200 are taken (documents.steps).'],
    ['that is nested', () => ({ name: 'x', steps: line(1), config: nested(20_000) }), 'it is nested more than 50 deep, or in a circle (documents.depth).'],
    ['in a circle', () => inCircle(), 'it is nested more than 50 deep, or in a circle (documents.depth).'],
  ])('%s is refused before anything looks at it', (_what, given, why) => expect(problems(given())).toEqual([`x.json: ${why}`]));

  it('as large as it may be is taken', () => {
    const { problems: none } = compile({ name: 'x', steps: line(DOCUMENT_LIMITS.steps, (i) => ({ if: `key${i}`, onError: { next: 's0' } })) }, { steps });
    expect(none).toEqual([]);
  });

  it('with wrong names gets suggestions for the first of them, not for each', () => {
    const found = problems(mistaken);
    expect(found).toHaveLength(200);
    const suggested = found.filter((each) => each.includes('Did you mean')).length;
    expect(suggested).toBeGreaterThan(0);
    expect(suggested).toBeLessThan(20);
  });

  it('gets suggestions again in the next call', async () => {
    problems(mistaken);
    await Promise.resolve();
    expect(problems({ name: 'x', steps: [{ name: 'a', use: 'B' }] })[0]).toContain('Did you mean "A"?');
  });
});

describe('the JSON Schema of a document', () => {
  it.each<[string, object, string]>([
    ['a check that answers later', { $async: true }, '# has "$async", which is not checked here'],
    ['a reference to itself', { $ref: '#' }, '# leads back to itself, and so would never come to an end'],
    ['a circle of references', { $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } } }, '#/$defs/a leads back to itself, and so would never come to an end'],
    ['a pattern that cannot be linear', { patternProperties: { '(a)\\1': {} } }, '# has a pattern "(a)\\1" that cannot be used: "\\1" in it could take more than linear time'],
    ['a pattern that counts too far', { pattern: '((a{1,300}){1,300}){1,300}' }, '# has a pattern "((a{1,300}){1,300}){1,300}" that cannot be used: it is too long, or counts too far'],
    ['hundreds of patterns', { patternProperties: Object.fromEntries(Array.from({ length: 301 }, (_, i) => [`^p${i}$`, true])) }, '# has a pattern "^p300$" that cannot be used: the schema has more than 300 patterns'],
    ['thousands of schemas', { allOf: Array(3000).fill(0).map(() => ({})) }, '#/allOf/1999 has more than 2000 schemas in it'],
  ])('is refused: %s', (_what, context, why) => expect(withContext(context)).toEqual([`x.json: context is no JSON Schema: ${why}.`])); // prettier-ignore

  const fan = (schema: (next: object) => object) => ({
    $ref: '#/$defs/d0',
    $defs: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`d${i}`, i === 29 ? {} : schema({ $ref: `#/$defs/d${i + 1}` })])),
  });
  it('of a thousand allowed values names the first of them', () => {
    const said = checked({ enum: Array.from({ length: 1000 }, (_, i) => `v${i}`) }, { toString: 1 });
    expect(said).toBe(`1: must be one of ${Array.from({ length: 20 }, (_, i) => `v${i}`).join(', ')} and 980 more, not {"toString":1}.`);
  });

  const tooLong = '1: takes too long to check. Give less data, or a simpler schema.';
  it.each<[string, object, unknown, string]>([
    ['schemas that double at each level', fan((next) => ({ allOf: [next, next] })), {}, tooLong],
    ['choices that double at each level', fan((next) => ({ anyOf: [{ allOf: [next, false] }, next] })), {}, tooLong],
    ['defaults that double at each level', fan((next) => ({ properties: { a: { ...next, default: {} }, b: { ...next, default: {} } } })), {}, tooLong],
    ['defaults without end', { properties: { a: { $ref: '#', default: {} } } }, {}, '1: leads the check more than 300 schemas deep. Does a default or a $ref of the schema lead back to itself?'],
    ['a pattern that is ever new', { pattern: '(a|b)*a(a|b){100}c' }, Array.from({ length: 1e5 }, (_, i) => 'ab'[Math.floor(Math.abs(Math.sin(i)) * 1e6) % 2]).join(''), tooLong],
    ['a long list of allowed values', { items: { enum: Array.from({ length: 5000 }, (_, i) => `v${i}`) } }, Array(1000).fill('v4999'), tooLong],
    ['a wrong value 300,000 times', { items: { type: 'string' } }, Array(300_000).fill(1), '100: must be string'],
    ['a million different objects', { uniqueItems: true }, Array.from({ length: 1e6 }, (_, id) => ({ id })), tooLong],
  ])('takes a limited time: %s', (_what, schema, value, expected) => expect(checked(schema, value)).toBe(expected)); // prettier-ignore

  it.each<[string, object, unknown]>([
    ['20,000 different objects', { uniqueItems: true }, Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `n${i}` }))],
    ['a pattern that would go back', { pattern: '^(a+)+$' }, 'a'.repeat(100_000)],
    ['an object with a `toString` that is none', { const: { toString: 1 } }, { toString: 1 }],
    ['a tree', { properties: { left: { $ref: '#' }, right: { $ref: '#' } } }, { left: { left: {}, right: { right: {} } } }],
  ])('lets pass: %s', (_what, schema, value) => expect(checked(schema, value)).toBe('fits'));
});

function nested(depth: number): object {
  let inner: object = {};
  for (let i = 0; i < depth; i++) inner = { inner };
  return inner;
}

function inCircle(): object {
  const document: WorkflowJson & { config: { self?: object } } = { name: 'x', steps: [{ name: 'A' }], config: {} };
  document.config.self = document;
  return document;
}
