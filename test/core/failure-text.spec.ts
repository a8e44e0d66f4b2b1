import { describe, expect, it } from 'vitest';
import { FAILURE, failureIn, failureOf, failureText } from '../../lib/core/failure-text.js';
import { aProcess } from './builders.js';
import { aToken } from '../../lib/testing/builders.js';

describe('how a process has failed, as one text', () => {
  const failed = (cause: string | null, ...tokens: ReturnType<typeof aToken>[]) => failureText(aProcess({ status: 'failed', cause, tokens }));
  const pay = aToken({ node: 'pay', fault: 'Error: 7' });

  it('is its step and its error, without ids and numbers', () => {
    expect(failed('pay: Error: 7', aToken({ node: 'other' }), pay)).toBe('pay\nError: #');
    expect(failed('pay: pay: 7', pay)).toBe('pay\npay: #');
  });

  it('is the cause alone where no token has failed, or the cause is of another', () => {
    expect(failed('no time: 5 s')).toBe('\nno time: # s');
    expect(failed('ship: away', pay)).toBe('pay\nship: away');
    expect(failed('it is: pay: ', pay)).toBe('pay\nit is: pay:');
    expect(failed(null)).toBe('\n');
  });

  it.each(['running', 'waiting', 'suspended', 'completed', 'cancelled'] as const)('there is none of a process that is %s', (status) =>
    expect(failureText(aProcess({ status, cause: 'pay: Error', tokens: [pay] }))).toBeNull(),
  );

  it('comes apart again', () => {
    expect(failureIn(failureOf('pay', 'Error: #'))).toEqual({ step: 'pay', error: 'Error: #' });
    expect(failureIn('\nno time')).toEqual({ step: '', error: 'no time' });
    expect(failureOf('pay', 'x')).toBe('pay\nx');
  });

  it('has a name that no key of a context has', () => expect(FAILURE).toBe(':failure'));
});
