import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../lib/core/retry.js';
import type { Retry } from '../../lib/definition/graph.js';
import { aDefinition, aLine, aStepNode, aToken, NOON } from './builders.js';
import { Story } from './story.js';

const FIXED: Retry = { attempts: 3, delayMs: 100, backoff: 'fixed', maxDelayMs: 10_000, jitter: false };
const DOUBLING: Retry = { ...FIXED, attempts: 100, backoff: 'exponential' };
const delays = (policy: Retry, attempts: readonly number[], random = 0) => attempts.map((attempt) => retryDelay(policy, aToken({ attempt }), random));

describe('the delay before the next try', () => {
  it('fixed: the same each time, until no try is left', () => expect(delays(FIXED, [1, 2, 3, 4])).toEqual([100, 100, null, null]));
  it('exponential: twice as long each time, up to the longest', () =>
    expect(delays(DOUBLING, [1, 2, 3, 4, 7, 8, 9, 99])).toEqual([100, 200, 400, 800, 6400, 10_000, 10_000, 10_000]));
  it('one try: none', () => expect(delays({ ...FIXED, attempts: 1 }, [1])).toEqual([null]));
  it('a crash is no try', () => expect(retryDelay(FIXED, aToken({ attempt: 5, crashes: 3 }), 0)).toBe(100));
  it('a forgiven try is no try', () => expect(retryDelay(FIXED, aToken({ attempt: 9, forgiven: 7 }), 0)).toBe(100));

  it('jitter spreads it between a half and the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const whole = retryDelay(DOUBLING, aToken({ attempt }), random)!;
        const spread = retryDelay({ ...DOUBLING, jitter: true }, aToken({ attempt }), random)!;
        expect(spread).toBeGreaterThanOrEqual(whole / 2);
        expect(spread).toBeLessThanOrEqual(whole);
        expect(Number.isInteger(spread)).toBe(true);
      }),
    );
  });
});

describe('a failed try', () => {
  const step = (given = {}) => aDefinition([aStepNode('a', { next: ['b'], ...given }), aStepNode('b')]);

  it('is tried again after its delay, and then the process fails', () => {
    const story = new Story(step({ retry: FIXED }));
    for (const attempt of [2, 3]) {
      story.tell(story.failed('a'));
      expect(story.wait('a')).toMatchObject({ kind: 'timer', dueAt: story.now + 100, run: 1 });
      expect(story.wake('a').token('a')).toMatchObject({ attempt, run: 1 });
    }
    story.tell(story.failed('a'));
    expect(story.process).toMatchObject({ status: 'failed', cause: 'a: Error: no' });
    expect(story.records.filter((record) => record === 'step-failed a')).toHaveLength(3);
  });

  it('without a delay runs again at once', () => {
    const story = new Story(step({ retry: { ...FIXED, delayMs: 0 } }));
    story.tell(story.failed('a'));
    expect(story.token('a')).toMatchObject({ attempt: 2 });
    expect(story.status).toBe('running');
  });

  it('for good is not tried again', () => {
    const story = new Story(step({ retry: FIXED }));
    story.tell(story.failed('a', { permanent: true }));
    expect(story.status).toBe('failed');
  });

  it('of an optional step is skipped in the end, with a version', () => {
    const story = new Story(step({ retry: { ...FIXED, attempts: 2 }, required: false }));
    story.tell(story.failed('a'));
    story.wake('a').tell(story.failed('a'));
    expect(story.active).toEqual(['b']);
    expect(story.last.versions).toMatchObject([{ step: 'a', patch: {} }]);
    expect(story.records.slice(-2)).toEqual(['step-failed a', 'step-skipped a']);
  });

  it('told twice counts once', () => {
    const story = new Story(step({ retry: { ...FIXED, delayMs: 0 } }));
    expect(story.tellTwice(story.failed('a'))).toBeNull();
    expect(story.token('a').attempt).toBe(2);
  });

  it('makes no version', () => {
    const story = new Story(step({ retry: FIXED }));
    story.tell(story.failed('a'));
    expect(story.process.contextVersion).toBe(1);
  });
});

describe('a retry by a person', () => {
  it('gives all its tries back', () => {
    const story = new Story(aDefinition([aStepNode('a', { retry: { ...FIXED, attempts: 2, delayMs: 0 } })]));
    for (let i = 0; i < 2; i++) story.tell(story.failed('a'));
    expect(story.status).toBe('failed');
    story.tell({ type: 'retried', actor: 'ada', why: 'mended' } as never);
    expect(story.last.records[0]).toMatchObject({ type: 'process-retried', actor: 'ada', reason: 'mended' });
    story.tell(story.failed('a'));
    expect(story.status, 'one more is left').toBe('running');
    expect(story.token('a')).toMatchObject({ attempt: 4, run: 1 });
    story.tell(story.failed('a'));
    expect(story.status).toBe('failed');
  });

  it('of another step than the failed one changes nothing', () => {
    const story = new Story(aLine('a'));
    story.tell(story.failed('a'));
    expect(story.tell({ type: 'retried', step: 'b' })).toBeNull();
    expect(story.tell({ type: 'retried', step: 'a' })).not.toBeNull();
    expect(story.tell({ type: 'retried', step: 'a' }), 'twice').toBeNull();
  });

  it('renews the deadline by its length', () => {
    const story = new Story(aDefinition([aStepNode('a', { within: 100 })]));
    story.now += 30;
    story.tell(story.failed('a'));
    story.now += 1000;
    story.tell({ type: 'retried' });
    expect(story.token('a')).toMatchObject({ since: story.now, deadline: NOON + 1030 + 100 });
  });

  it('of a suspended process does not resume it', () => {
    const story = new Story(aLine('a'));
    story.tell(story.failed('a'));
    story.tell({ type: 'suspended' });
    story.tell({ type: 'retried' });
    expect(story.status).toBe('suspended');
    story.tell({ type: 'resumed' });
    expect(story.status).toBe('running');
  });
});
