import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { Searchable, Step, type StepRef, Workflow } from 'nestjs-argonaut';
import { searchableKeys } from '../../lib/definition/searchable.js';
import { contextKeys } from '../../lib/definition/context-keys.js';
import { searchableProblems } from '../../lib/definition/verify/searchable-problems.js';
import { compile } from './graphs.js';

@Step()
class A {
  run(_context: object, _step: StepRef) {}
}
const problems = (given: object) => compile({ name: 'x', steps: [{ name: 'A' }], ...given }, { steps: [A] }).problems;

class Base {
  @Searchable() customer!: string;
}
class Order extends Base {
  @Searchable() total = 0;
  note = '';
}

describe('searchable keys', () => {
  it('are those that the class and its parents mark, and those that the workflow lists, each once', () => {
    expect(searchableKeys({ context: Order })).toEqual(['customer', 'total']);
    expect(searchableKeys({ context: Base })).toEqual(['customer']);
    expect(searchableKeys({ context: Order, searchable: ['note', 'total'] })).toEqual(['customer', 'total', 'note']);
    expect(searchableKeys({})).toEqual([]);
  });

  it('are keys of the context, also without a default', () => expect([...contextKeys(Order)!].sort()).toEqual(['customer', 'note', 'total']));

  it.each<[string, object, string[]]>([
    ['a text', { searchable: 'who' }, ['x.json: searchable must be array']],
    ['an empty name', { searchable: [''] }, ['x.json: searchable is a list of keys of the context, not [""].']],
    ['too many', { searchable: Array.from({ length: 21 }, (_, i) => `k${i}`) }, ['x.json: searchable must NOT have more than 20 items']],
    ['a long name', { searchable: ['k'.repeat(101)] }, ['x.json: searchable "kkkkkkkkkkkkkkkkkkkk..." has more than 100 characters.']],
    [
      'a key that is not there',
      { searchable: ['custommer'], context: { properties: { customer: {} }, additionalProperties: false } },
      ['x.json: searchable "custommer" is not a key of the context. Did you mean "customer"?'],
    ],
    ['a key of a plain object', { searchable: ['who'] }, []],
  ])('are checked: %s', (_what, given, expected) => expect(problems(given)).toEqual(expected));
});

describe('the options of a class', () => {
  const checked = (options: object) => [...searchableProblems({ name: 'x', ...options })];
  it('are checked where no schema does it', () => {
    expect(checked({ searchable: 'who' })).toEqual(['searchable is a list of keys of the context, not "who".']);
    expect(checked({ searchable: Array.from({ length: 21 }, (_, i) => `k${i}`) })).toEqual(['it has 21 searchable keys; at most 20 are taken.']);
    expect(checked({ context: Order, searchable: ['nott'] })).toEqual(['searchable "nott" is not a key of the context. Did you mean "note"?']);
  });
});

describe('a class that is searched', () => {
  it('is typed: only keys of its context', () => {
    // @ts-expect-error there is no key "tota"
    Workflow<Order>({ name: 'y', context: Order, searchable: ['tota'] });
    Workflow<Order>({ name: 'y', context: Order, searchable: ['note'] });
  });
});
