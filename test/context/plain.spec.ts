import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnserialisableValueError, ValueTooLargeError } from 'nestjs-argonaut';
import { checkSize, copy, MAX_BYTES, plain, plainObject } from '../../lib/context/plain.js';

const circle: Record<string, unknown> = { name: 'round' };
circle['self'] = circle;
function deep(levels: number): unknown {
  return levels === 0 ? 'ground' : { a: deep(levels - 1) };
}

describe('what cannot be stored is refused, with its place', () => {
  it.each([
    ['a function', { a: { b: () => 1 } }, 'a.b cannot be stored: it is a function.'],
    ['a class', { a: UnserialisableValueError }, 'a cannot be stored: it is a function.'],
    ['a symbol', { a: Symbol('x') }, 'a cannot be stored: it is a symbol.'],
    ['a bigint', { a: [1, 2n] }, 'a[1] cannot be stored: it is a bigint.'],
    ['NaN', { a: Number.NaN }, 'a cannot be stored: it is NaN.'],
    ['infinity', { a: -Infinity }, 'a cannot be stored: it is -Infinity.'],
    ['undefined in a list', { a: [1, undefined] }, 'a[1] cannot be stored: it is undefined.'],
    ['a Map', { a: new Map() }, 'a cannot be stored: it is a Map: store an array or an object.'],
    ['a Set', { a: new Set() }, 'a cannot be stored: it is a Set: store an array or an object.'],
    ['a promise somebody forgot to await', { a: Promise.resolve(1) }, 'a cannot be stored: it is a Promise: await it.'],
    ['a regular expression', { a: /x/ }, 'a cannot be stored: it is a RegExp: store an array or an object.'],
    ['an error', { a: new Error('x') }, 'a cannot be stored: it is a Error: store an array or an object.'],
    ['bytes', { a: new Uint8Array(2) }, 'a cannot be stored: it is a Uint8Array: store an array or an object.'],
    ['a wrapped number', { a: Object(1) as unknown }, 'a cannot be stored: it is a Number: store an array or an object.'],
    ['an invalid date', { a: new Date('never') }, 'a cannot be stored: it is an invalid date.'],
    ['a NUL', { a: 'x\0y' }, 'a cannot be stored: it has a NUL or half a surrogate pair, which databases do not take.'],
    ['half a surrogate pair', { a: '\ud800' }, 'a cannot be stored: it has a NUL or half a surrogate pair, which databases do not take.'],
    ['a NUL in a key', { a: { 'x\0': 1 } }, 'a cannot be stored: it has a NUL or half a surrogate pair, which databases do not take.'],
    ['a poisoned key', JSON.parse('{"a": {"__proto__": 1}}') as object, 'a.__proto__ cannot be stored: no key may be called that.'],
    ['a constructor', { constructor: 1 }, 'constructor cannot be stored: no key may be called that.'],
  ])('%s', (_what, value, sentence) => {
    expect(() => plainObject(value, '')).toThrow(UnserialisableValueError);
    expect(() => plainObject(value, '')).toThrow(sentence);
  });

  it('a circle, and what is nested too deep', () => {
    expect(() => plainObject(circle, '')).toThrow('it is nested more than 100 deep, or in a circle.');
    expect(() => plain(deep(102), 'a')).toThrow('it is nested more than 100 deep, or in a circle.');
    expect(() => plain(deep(99), 'a')).not.toThrow();
    const again = { toJSON: () => again };
    expect(() => plain(again, 'a')).toThrow(UnserialisableValueError);
  });
});

describe('what is stored reads back as it was', () => {
  it('dates as ISO strings, and what has toJSON as that gives', () => {
    expect(plain({ at: new Date(0), url: new URL('http://x/'), none: undefined }, '')).toEqual({ at: '1970-01-01T00:00:00.000Z', url: 'http://x/' });
  });

  it('objects of a class by their fields', () => {
    class Point {
      x = 1;
      get y() {
        return 2;
      }
    }
    expect(plain(new Point(), '')).toEqual({ x: 1 });
  });

  it('every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const safe = JSON.stringify(value);
        fc.pre(!/\\u0000|\\ud[89a-f]|__proto__|"constructor"|"prototype"|-0/i.test(safe));
        expect(JSON.stringify(plain(value, 'a'))).toBe(safe);
        const copied = copy(value as never);
        expect(copied).toEqual(value);
        if (typeof value === 'object' && value !== null) expect(copied).not.toBe(value);
      }),
    );
  });
});

describe('the size', () => {
  it('is counted in bytes of JSON', () => {
    expect(() => checkSize('x'.repeat(MAX_BYTES - 2), 'The patch')).not.toThrow();
    expect(() => checkSize('x'.repeat(MAX_BYTES - 1), 'The patch')).toThrow(ValueTooLargeError);
    expect(() => checkSize('ü'.repeat(MAX_BYTES / 2), 'The patch')).toThrow(
      `The patch has ${MAX_BYTES + 2} bytes as JSON; at most ${MAX_BYTES} are stored. Keep large data elsewhere, and its address here.`,
    );
  });
});
