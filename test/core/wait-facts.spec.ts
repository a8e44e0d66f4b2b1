import { describe, expect, it } from 'vitest';
import type { WaitKind } from '../../lib/core/waits-for.js';
import { type WaitFacts, waitFactsOf } from '../../lib/core/wait-facts.js';
import { aWait } from '../../lib/testing/builders.js';

const quiet: WaitFacts = { isPaused: false, isOverdue: false, isRetrying: false, readyAt: null, steps: ['approve'] };

describe('what open waits say of how a process gets on', () => {
  it('nothing without one', () => expect(waitFactsOf([])).toEqual({ ...quiet, steps: [] }));

  it('nothing but the step, of the first attempt', () => expect(waitFactsOf([aWait()])).toEqual(quiet));

  it('a second attempt is a retry', () => expect(waitFactsOf([aWait(), aWait({ attempt: 2 })])).toEqual({ ...quiet, isRetrying: true }));

  it.each<[WaitKind, Partial<WaitFacts>]>([
    ['overdue', { isOverdue: true }],
    ['pause', { isPaused: true }],
    ['branches', { steps: ['approve'] }],
    ['listener', { steps: ['approve'] }],
    ['timer', { steps: ['approve', 'other'] }],
  ])('%s: %j', (kind, facts) => {
    const others = kind === 'timer' || kind === 'branches' || kind === 'listener' ? { node: 'other' } : {};
    expect(waitFactsOf([aWait({ kind, ...others }), aWait()])).toEqual({ ...quiet, ...facts });
  });

  it('the first moment at which a task may run that no worker has taken', () => {
    const task = (readyAt: number | null) => aWait({ kind: 'task', readyAt });
    expect(waitFactsOf([task(9), task(null), task(7)])).toEqual({ ...quiet, readyAt: 7 });
    expect(waitFactsOf([task(4)])).toEqual({ ...quiet, readyAt: 4 });
    expect(waitFactsOf([task(null)])).toEqual(quiet);
  });
});
