/** Outcomes of bodies as they will be stored. */
import { describe, expect, it } from 'vitest';
import type { ProcessEvent } from '../../lib/core/events.js';
import { UnserialisableValueError } from '../../lib/values/errors.js';
import { redactWith } from '../../lib/values/redaction.js';
import { redactedEvent, redactedOrNull } from '../../lib/writer/redacted-event.js';
import { resolveEvent } from '../../lib/writer/resolve-event.js';
import { aMessage } from '../core/builders.js';
import { aBound } from './bound.js';

const SAID = { key: '0', run: 1, claim: 2, attempt: 3, taskOf: 'w', begunAt: 4, notes: [{ text: 'n', at: 6 }], log: ['{}'] };
const SPEAKER = { ...SAID, undoes: { step: 'x', run: 5 }, sends: [] };
const resolve = (event: object, latest = {}, options = {}, most = Infinity) =>
  resolveEvent(event as ProcessEvent<object>, aBound(), latest, options, most) as any;
const succeeded = (more: object) => ({ type: 'step-succeeded', ...SPEAKER, branch: 'b', ...more });
const CANNOT = { when: 1n };

describe('an outcome', () => {
  it('without a patch is what it is', () => {
    for (const event of [{ type: 'suspended' }, { type: 'step-deferred', ...SPEAKER, patch: undefined }]) expect(resolve(event)).toBe(event);
  });

  it('has its functions called with the latest values', () => {
    const patch = { n: (n: number) => n + 1, gone: undefined, plain: new Date(0) };
    expect(resolve(succeeded({ patch }), { n: 1, gone: 2 })).toEqual({ ...succeeded({}), patch: { set: { n: 2, plain: new Date(0).toISOString() }, remove: ['gone'] }, result: undefined, overwrote: undefined }); // prettier-ignore
    expect(resolve({ type: 'step-deferred', ...SPEAKER, patch }, { n: 1, gone: 2 })).toMatchObject({
      type: 'step-deferred',
      patch: { set: { n: 2 }, remove: ['gone'] },
    });
    expect(resolve({ type: 'skipped', key: '0', run: 1, patch }, { n: 1, gone: 2 })).toMatchObject({
      type: 'skipped',
      patch: { set: { n: 2 }, remove: ['gone'] },
    });
  });

  it('keeps what was returned beside its patch, and not the patch twice', () => {
    expect(resolve(succeeded({ patch: { a: 1 }, result: { a: 1 } })).result).toBeUndefined();
    expect(resolve(succeeded({ patch: { a: 1 }, result: 'paid' })).result).toBe('paid');
    expect(resolve(succeeded({ patch: {}, result: null })).result).toBeNull();
  });

  it('names the values it set without having seen the latest', () => {
    const latest = { a: 2, b: 1, c: [1], n: 5 };
    const overwrote = (patch: object, seen?: object) => resolve(succeeded({ patch }), latest, { seen }).overwrote;
    expect(overwrote({ a: 9, b: 9, c: 9, d: 9, n: (n: number) => n }, { a: 1, b: 1, c: [1], n: 4 })).toEqual(['a']);
    expect(overwrote({ a: 9 }, latest)).toBeUndefined();
    expect(overwrote({ a: 9 })).toBeUndefined();
    expect(overwrote({ b: 9 }, { b: 1 })).toEqual([]);
  });

  it('that cannot be stored is a failed attempt, for good, which says so as its body would', () => {
    const failed = resolve(succeeded({ patch: CANNOT, branch: 'b', undoes: undefined }));
    expect(failed).toMatchObject({ type: 'step-failed', permanent: true, ...SAID });
    expect(failed.error).toMatch(/^UnserialisableValueError/);
    for (const gone of ['patch', 'branch', 'sends']) expect(failed).not.toHaveProperty(gone);
    const undoing = resolve({ type: 'visit-undone', ...SPEAKER, notes: undefined, log: undefined, step: 'x', undone: 5, patch: CANNOT });
    expect(undoing).toMatchObject({ type: 'step-failed', undoes: { step: 'x', run: 5 }, error: expect.stringMatching(/^undoing x: /) });
    for (const gone of ['notes', 'log']) expect(undoing).not.toHaveProperty(gone);
  });

  it('that cannot be stored is refused where a person gave it', () => {
    expect(() => resolve({ type: 'skipped', key: '0', run: 1, patch: CANNOT })).toThrow(UnserialisableValueError);
    expect(() => resolve(succeeded({ patch: CANNOT }), {}, { strict: true })).toThrow(UnserialisableValueError);
  });

  it('that makes the context too large is a failed attempt', () => {
    const large = { text: 'x'.repeat(100) };
    expect(resolve(succeeded({ patch: large }), {}, {}, 1000).type).toBe('step-succeeded');
    expect(resolve(succeeded({ patch: large }), { other: 'x'.repeat(950) }, {}, 1000)).toMatchObject({
      type: 'step-failed',
      error: expect.stringContaining('The context'),
    });
    expect(() => resolve({ type: 'skipped', key: '0', run: 1, patch: large }, { other: 'x'.repeat(950) }, {}, 1000)).toThrow('The context');
  });
});

describe('what the application takes out of texts', () => {
  it('is taken out of what bodies and callers say, and of nothing else', () => {
    const end = redactWith((text) => text.replaceAll('secret', '***'));
    try {
      const events = [
        [{ type: 'step-failed', error: 'a secret' }, { type: 'step-failed', error: 'a ***' }],
        [{ type: 'step-paused', reason: 'a secret' }, { type: 'step-paused', reason: 'a ***' }],
        [{ type: 'message-refused', message: aMessage('m', { reason: 'a secret' }) }, { type: 'message-refused', message: aMessage('m', { reason: 'a ***' }) }],
        [{ type: 'message-refused', message: aMessage('m') }, { type: 'message-refused', message: aMessage('m') }],
        [{ type: 'step-deferred', state: 'a secret' }, { type: 'step-deferred', state: 'a secret' }],
      ] as const; // prettier-ignore
      for (const [given, expected] of events) expect(redactedEvent(given as never)).toEqual(expected);
      expect([redactedOrNull('a secret'), redactedOrNull(null), redactedOrNull(undefined)]).toEqual(['a ***', null, undefined]);
    } finally {
      end();
    }
  });
});
