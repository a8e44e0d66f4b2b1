import { describe, expect, it } from 'vitest';
import { errorFingerprint } from '../../lib/values/error-fingerprint.js';

describe('the fingerprint of an error', () => {
  it.each<[string, string]>([
    ['Error: order 4711 of 0190a3e4-7c1f-7d31-9d20-1f7f3fd3ab12 was not found', 'Error: order # of # was not found'],
    ['HttpError: status code 502 after 1,204.5 ms', 'HttpError: status code # after # ms'],
    ['TypeError: Cannot read properties of undefined (reading "total")', 'TypeError: Cannot read properties of undefined (reading "total")'],
    ['Error: ord_9f8e7d6c5b has no payment pi_3MtwBwLkdIwHu7ix28a3tqPa', 'Error: # has no payment #'],
    ['Error: ann.lee+x@mail.example.com wrote twice', 'Error: # wrote twice'],
    ['Http2Error: session of utf8 closed', 'Http#Error: session of utf# closed'],
    ['Error: connect ECONNREFUSED 127.0.0.1:5432', 'Error: connect ECONNREFUSED #'],
    ['Error: 2026-11-30 12/07 a   b', 'Error: # # a b'],
    ['Error: first line 7\n  at file.ts:3', 'Error: first line #'],
    ['', ''],
  ])('of %j is %j', (error, fingerprint) => expect(errorFingerprint(error)).toBe(fingerprint));

  it('has at most 150 characters, and no half of one', () => {
    const fingerprint = errorFingerprint(`${'x'.repeat(149)}\u{1F600}`);
    expect(fingerprint).toBe('x'.repeat(149));
    expect(errorFingerprint('é '.repeat(5000)).length).toBeLessThanOrEqual(150);
  });

  it('of a text of a million characters is found at once', () => {
    for (const text of ['1a', '@', 'a.', '-', '# '].map((each) => each.repeat(500_000))) expect(errorFingerprint(text).length).toBeLessThanOrEqual(150);
  });
});
