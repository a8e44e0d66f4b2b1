import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../lib/definition/fingerprint.js';
import { bodyDigest, digestOf, groupKey } from '../../lib/values/digest.js';
import type { Json } from '../../lib/values/json.js';
import { aDefinition, aStepNode } from '../core/builders.js';

describe('the digest of a body', () => {
  it('is the same in whatever order its keys are, at every depth', () => {
    expect(bodyDigest({ a: 1, b: { c: [{ d: 1, e: 2 }], f: null } })).toBe(bodyDigest({ b: { f: null, c: [{ e: 2, d: 1 }] }, a: 1 }));
    expect(bodyDigest({ '10': 1, '9': 2, a: 3 })).toBe(bodyDigest({ a: 3, '9': 2, '10': 1 }));
  });

  it('differs for data that differ', () => {
    const all: Json[] = [null, true, false, 0, 1, '', '0', '1', 'null', [], {}, [1, 2], [2, 1], ['12'], [[1], 2], [[1, 2]], { a: 1 }, { a: '1' }, { b: 1 }, { a: { b: 1 } }, { 'a:b': 1 }, { a: 1, b: 1 }, { a: [1] }, '[1,2]']; // prettier-ignore
    expect(new Set(all.map(bodyDigest)).size).toBe(all.length);
  });

  it('of texts counts where each begins', () => {
    expect(new Set([digestOf('ab', 'c'), digestOf('a', 'bc'), digestOf('abc'), digestOf('c', 'ab'), digestOf('2:ab', 'c')]).size).toBe(5);
    expect(digestOf('a')).toMatch(/^[\w-]{32}$/);
    expect(groupKey('a')).toMatch(/^[\w-]{32}$/);
    expect(new Set(['a', 'A', 'a ', ' a'].map(groupKey)).size).toBe(4);
  });
});

describe('the fingerprint of a definition', () => {
  const of = (...nodes: ReturnType<typeof aStepNode>[]) => fingerprintOf({ definition: aDefinition(nodes, { start: 'a' }), source: {} as never });
  const [a, b] = [aStepNode('a', { next: ['b'] }), aStepNode('b')];
  const reversed = <T extends object>(given: T) => Object.fromEntries(Object.entries(given).reverse()) as T;

  it('is the same in whatever order the nodes, and the options of each, are written', () => {
    expect(of(a, b)).toBe(of(b, a));
    expect(of(reversed(a), { ...reversed(b), retry: reversed(b.retry) })).toBe(of(a, b));
    expect(of({ ...a, overdue: undefined } as never, b), 'an option that is none').toBe(of(a, b));
  });

  it('differs where the order means something', () => {
    expect(of({ ...a, next: ['b', 'end'] }, b)).not.toBe(of({ ...a, next: ['end', 'b'] }, b));
    expect(of({ ...a, after: 1 }, b)).not.toBe(of({ ...a, after: 2 }, b));
  });
});
