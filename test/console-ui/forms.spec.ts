import { describe, expect, it } from 'vitest';
import { type Field, formOf } from '../../console/src/forms/model.js';
import { besideFields, draftOf, filled, pathsOf } from '../../console/src/forms/values.js';

const fieldNamed = (form: Field, path: string): Field => {
  const all = (field: Field): Field[] => [field, ...field.fields.flatMap(all)];
  return all(form).find((field) => field.path === path)!;
};
const ofProperty = (schema: object, required = false) =>
  fieldNamed(formOf({ type: 'object', properties: { x: schema }, ...(required && { required: ['x'] }) }), 'x');

describe('the form of a JSON Schema', () => {
  it.each([
    [{ type: 'string' }, 'text'],
    [{ type: 'string', format: 'date-time' }, 'moment'],
    [{ type: 'string', format: 'date' }, 'date'],
    [{ type: 'integer' }, 'number'],
    [{ type: ['number', 'null'] }, 'number'],
    [{ type: 'boolean' }, 'boolean'],
    [{ enum: ['a', 'b', null] }, 'choice'],
    [{ const: 7 }, 'choice'],
    [{ anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }] }, 'choice'],
    [{ type: 'array', items: { type: 'string' } }, 'list'],
    [{ type: 'array' }, 'json'],
    [{ type: 'object', properties: { y: { type: 'string' } } }, 'group'],
    [{ type: 'object' }, 'json'],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 'json'],
    [{}, 'any'],
  ])('%j is a field of the kind %s', (schema, kind) => {
    expect(ofProperty(schema).kind).toBe(kind);
  });

  it('where nothing is known, it is one box for JSON', () => {
    expect(formOf(null)).toMatchObject({ kind: 'json', path: '' });
    expect(filled(formOf(null), '{"a":1}')).toEqual({ value: { a: 1 }, problems: {} });
    expect(filled(formOf(null), '{"a":').problems['']).toContain('is no JSON');
  });

  it('follows references within the schema, and ends where a class holds itself', () => {
    const schema = {
      type: 'object',
      properties: { child: { $ref: '#/$defs/Node' } },
      $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } } },
    };
    let field = fieldNamed(formOf(schema), 'child');
    for (; field.kind === 'group'; field = field.fields[0]!);
    expect(field).toMatchObject({ kind: 'json', path: 'child.next.next.next.next.next' });
  });

  it('says the rules of a field, and whether it is required', () => {
    expect(ofProperty({ type: 'integer', minimum: 1, maximum: 9 }, true)).toMatchObject({ help: 'at least 1, at most 9, a whole number', required: true });
    expect(ofProperty({ type: 'string', description: 'Who asks' })).toMatchObject({ help: 'Who asks', required: false });
  });
});

describe('what a form says', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 2 },
      age: { type: 'integer', minimum: 0 },
      happy: { type: 'boolean' },
      size: { enum: [1, 2] },
      born: { type: 'string', format: 'date-time' },
      money: {},
      home: { type: 'object', properties: { city: { type: 'string' }, code: { type: 'integer' } }, required: ['city'] },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['name', 'age'],
  };
  const form = formOf(schema);
  const draft = draftOf(form) as Record<string, ReturnType<typeof draftOf>>;

  it('what is empty is left out, also a group that is not required, and what is required is asked for', () => {
    expect(filled(form, { ...draft, name: 'Ada', age: '36' })).toEqual({ value: { name: 'Ada', age: 36 }, problems: {} });
    expect(filled(form, draft).problems).toEqual({ name: 'is required', age: 'is required' });
  });

  it('each kind has its own value', () => {
    const all = { ...draft, name: 'Ada', age: '0', happy: 'false', size: '1', born: '2026-01-01T00:00:00Z', money: { as: 'text', text: '12.50' }, home: { city: 'Bonn', code: '' }, tags: ['a', 'b'] } as const; // prettier-ignore
    expect(filled(form, all).value).toEqual({ name: 'Ada', age: 0, happy: false, size: 2, born: '2026-01-01T00:00:00.000Z', money: '12.50', home: { city: 'Bonn' }, tags: ['a', 'b'] }); // prettier-ignore
    expect(filled(form, { ...all, money: { as: 'json', text: '12.50' } }).value).toMatchObject({ money: 12.5 });
  });

  it('what is clearly wrong is told by its path', () => {
    const wrong = { ...draft, name: 'A', age: '1.5', born: 'yesterday', home: { city: '', code: 'x' }, tags: [''] };
    expect(filled(form, wrong).problems).toEqual({
      name: 'must have at least 2 characters',
      age: 'must be a whole number',
      born: 'is no date and time',
      'home.city': 'is required',
      'home.code': 'is no number',
      'tags[0]': 'is required',
    });
  });

  it('values that are there come back as they were', () => {
    const value = { name: 'Ada', age: 36, happy: true, size: 2, born: '2026-01-01T00:00:00.000Z', money: 3, home: { city: 'Bonn' }, tags: ['a'] };
    expect(filled(form, draftOf(form, value)).value).toEqual(value);
  });

  it('sentences of the server stand beside the longest path that they begin with', () => {
    const sentences = [
      'home.city: city must be a string',
      'name must be longer',
      'context.age must not be less than 0',
      'tags.0: must be short',
      'the whole is too large',
    ];
    const { beside, rest } = besideFields(sentences, pathsOf(form, { ...draft, tags: ['x'] }));
    expect(beside).toEqual({ 'home.city': sentences[0], name: sentences[1], age: sentences[2], 'tags[0]': sentences[3] });
    expect(rest).toEqual(['the whole is too large']);
  });
});
