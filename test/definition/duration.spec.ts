import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { milliseconds, parseDuration } from '../../lib/values/duration.js';
import { didYouMean } from '../../lib/values/suggest.js';

describe('a duration', () => {
  it.each([
    ['30s', 30_000], ['30 seconds', 30_000], ['1 second', 1000], ['2m', 120_000], ['1.5h', 5_400_000], ['2 days', 172_800_000], ['1 week', 604_800_000],
    ['250ms', 250], [0, 0], [1234, 1234], ['0s', 0],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms)); // prettier-ignore

  it.each([
    '',
    '30',
    's',
    '3 months',
    '1 y',
    '-1s',
    '1e3s',
    '1 H',
    '1  s',
    ' 1s',
    -1,
    Number.NaN,
    Infinity,
    1e300,
    '99999999999 weeks',
    null,
    undefined,
    {},
    true,
  ])('%s is none', (value) => {
    expect(parseDuration(value)).toBeNull();
  });

  it('is whole milliseconds, as rows hold them, and always leads to a date', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constantFrom('ms', 's', 'm', 'h', 'd'), (amount, unit) => {
        const ms = parseDuration(`${amount.toFixed(7)}${unit}`);
        if (ms === null) return;
        expect(Number.isInteger(ms)).toBe(true);
        expect(() => new Date(Date.now() + ms).toISOString()).not.toThrow();
      }),
    );
    expect(parseDuration(0.4)).toBe(0);
  });

  it('that is none is refused with examples', () => {
    expect(() => milliseconds('soon' as never)).toThrow("\"soon\" is not a duration. Say for instance '30s', '2 days', or a number of milliseconds.");
  });
});

describe('did you mean', () => {
  it.each([['shipp', 'ship'], ['hsip', 'ship'], ['SHIP', 'ship'], ['weigth', 'weight']])('%s → %s', (word, name) => expect(didYouMean(word, ['send', 'weight', 'ship'])).toBe(` Did you mean "${name}"?`)); // prettier-ignore
  it.each(['colour', '', 'x'])('says nothing where nothing is near: %s', (word) => expect(didYouMean(word, ['weight', 'shipment'])).toBe(''));
});
