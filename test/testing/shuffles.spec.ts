import { describe, expect, it } from 'vitest';
import { shuffles } from '../../lib/testing.js';

const letters = (count: number) => [...'abcdefgh'].slice(0, count);

describe('shuffles', () => {
  it('gives every order once, where there are no more than so many, and the given one first', () => {
    expect(shuffles(letters(3)).map((order) => order.join(''))).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    expect(new Set(shuffles(letters(4)).map((order) => order.join(''))).size).toBe(24);
    expect(shuffles([])).toEqual([[]]);
  });

  it('else so many that differ, the same for the same seed', () => {
    const orders = (seed: number) => shuffles(letters(8), { times: 50, seed }).map((order) => order.join(''));
    expect(new Set(orders(1)).size).toBe(50);
    expect(orders(1)).toEqual(orders(1));
    expect(orders(1)[0]).toBe('abcdefgh');
    expect(orders(2).slice(1)).not.toEqual(orders(1).slice(1));
    expect(orders(1).every((order) => [...order].sort().join('') === 'abcdefgh')).toBe(true);
  });

  it('takes an item twice', () => expect(shuffles(['a', 'a'])).toEqual([['a', 'a'], ['a', 'a']])); // prettier-ignore
});
