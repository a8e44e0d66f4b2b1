import { describe, expect, it } from 'vitest';
import { LinearPattern } from '../../lib/definition/schema/linear-pattern.js';
import { CheckGivenUp, CheckWork } from '../../lib/definition/schema/work.js';

const ATOMS = ['a', 'b', 'c', '.', '[ab]', '[^a]', '\\d', '\\w', '\\s', '[a-c\\]]', 'é', '\\p{L}', '\u{1f40c}', '\\u{61}', '\\u0061', '\\x61', '^', '$'];
const COUNTS = ['*', '+', '?', '{2}', '{1,3}', '{0,2}?', '{2,}', '*?'];
const CHARS = ['a', 'b', 'c', '1', ' ', '\n', 'é', '\u{1f40c}', ']'];

/** The same numbers at each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function patternFrom(next: (below: number) => number, depth = 0): string {
  const inner = () => patternFrom(next, depth + 1);
  const kind = next(depth > 3 ? 1 : 6);
  if (kind < 2) return ATOMS[next(ATOMS.length)]!;
  if (kind === 2) return inner() + inner();
  if (kind === 3) return `(${inner()}|${inner()}|)`;
  return kind === 4 ? `(?:${inner()})${COUNTS[next(COUNTS.length)]}` : `(?<n${next(1e9)}>${inner()})`;
}

describe('a pattern that is searched in linear time', () => {
  it('finds what the regular expressions of the language find', () => {
    const next = numbers(1);
    for (let i = 0; i < 1500; i++) {
      const pattern = patternFrom(next);
      const linear = new LinearPattern(pattern);
      for (let j = 0; j < 5; j++) {
        const text = Array.from({ length: next(7) }, () => CHARS[next(CHARS.length)]).join('');
        expect(linear.test(text, new CheckWork(1e6)), `${pattern} in ${JSON.stringify(text)}`).toBe(new RegExp(pattern, 'u').test(text));
      }
    }
  });

  it.each([
    ['what goes back', '^(a+)+$', 'a'.repeat(100_000) + '!'],
    ['two ways to one text', '(a|aa)+$', 'a'.repeat(100_000) + '!'],
    ['three stars', '.*.*=.*', 'x'.repeat(100_000)],
    ['blanks', '^\\s*\\s*x$', ' '.repeat(100_000)],
  ])('costs the same for each character: %s', (_what, pattern, text) => {
    const work = new CheckWork(text.length); // 0.25 for a character
    expect(new LinearPattern(pattern).test(text, work)).toBe(false);
  });

  it('one whose standings are ever new is given up', () => {
    const text = Array.from({ length: 100_000 }, (_, i) => 'ab'[((i * 7919) % 13) & 1]).join('');
    expect(() => new LinearPattern('(a|b)*a(a|b){100}c').test(text, new CheckWork(10_000))).toThrow(CheckGivenUp);
  });

  it.each([
    ['(', 'it is no regular expression'],
    ['a(?=b)', 'looking ahead or behind could take more than linear time'],
    ['(?<!a)b', 'looking ahead or behind could take more than linear time'],
    ['(a)\\1', '"\\1" in it could take more than linear time'],
    ['\\bword', '"\\b" in it could take more than linear time'],
    ['((a{1,300}){1,300}){1,300}', 'it is too long, or counts too far'],
    ['(){1,1000000000}', 'it is too long, or counts too far'],
    ['a'.repeat(1001), 'it has more than 1000 characters'],
    ['(?:'.repeat(60) + 'a' + ')'.repeat(60), 'its groups are nested more than 50 deep'],
  ])('is refused: %s', (pattern, why) => expect(() => new LinearPattern(pattern)).toThrow(why));
});
