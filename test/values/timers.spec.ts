/** Timers of the real clock: those further away than Node allows, and those a fraction of a millisecond away. */
import { describe, expect, it } from 'vitest';
import { DueTimers } from '../../lib/engine/due-timers.js';
import { SystemTimers, Timers } from '../../lib/values/clock.js';

const DAY = 86_400_000;
const passes = (timers: Timers, ms: number) => new Promise<void>((resolve) => timers.after(ms, resolve));

describe('the timers of the system', () => {
  it('a timer more than 24 days away does not go off at once', async () => {
    const timers = new SystemTimers();
    const early: number[] = [];
    const cancels = [24 * DAY, 25 * DAY, 400 * DAY, Number.MAX_SAFE_INTEGER, Infinity].map((ms) => timers.after(ms, () => early.push(ms)));
    await passes(timers, 5);
    await passes(timers, 5);
    for (const cancel of cancels) cancel();
    expect(early).toEqual([]);
  });

  it('goes off no earlier than asked, not by a fraction of a millisecond', async () => {
    const timers = new SystemTimers();
    for (let ms = 0; ms < 12; ms++) {
      const asked = performance.now();
      await passes(timers, ms);
      expect(performance.now() - asked).toBeGreaterThanOrEqual(ms);
    }
  });

  it('one that is due already goes off, and one that was cancelled does not', async () => {
    const timers = new SystemTimers();
    let cancelled = false;
    timers.after(0, () => (cancelled = true))();
    await passes(timers, -5);
    await passes(timers, 2);
    expect(cancelled).toBe(false);
  });
});

describe('the timers of due times', () => {
  class Noted extends Timers {
    readonly set: { ms: number; call: () => void; cancelled: boolean }[] = [];
    override after(ms: number, call: () => void): () => void {
      const timer = { ms, call, cancelled: false };
      this.set.push(timer);
      return () => void (timer.cancelled = true);
    }
  }
  const NOW = 1_000_000;
  function aDueTimers() {
    const noted = new Noted();
    let due = 0;
    const timers = new DueTimers({ now: () => new Date(NOW) }, noted, () => due++);
    return { timers, noted, away: () => noted.set.map(({ ms }) => ms), due: () => due };
  }

  it('are rounded up, never down, and each moment has one', () => {
    const { timers, away, noted, due } = aDueTimers();
    for (const ms of [1, 9, 10, 11, 20]) timers.at(NOW + ms);
    expect(away()).toEqual([10, 20]);
    noted.set[0]!.call();
    timers.at(NOW + 10);
    expect([due(), away()]).toEqual([1, [10, 20, 10]]);
  });

  it('the past, and what is more than a minute away, is left to the sweep', () => {
    const { timers, away } = aDueTimers();
    for (const at of [null, NOW - 1, NOW, NOW + 60_001, NOW + 25 * DAY]) timers.at(at);
    expect(away()).toEqual([]);
    timers.at(NOW + 60_000);
    expect(away()).toEqual([60_000]);
  });

  it('are at most five hundred at once', () => {
    const { timers, noted } = aDueTimers();
    for (let i = 1; i <= 501; i++) timers.at(NOW + 10 * i);
    expect(noted.set).toHaveLength(500);
  });

  it('are gone after a stop', () => {
    const { timers, noted } = aDueTimers();
    timers.at(NOW + 10);
    timers.stop();
    timers.at(NOW + 20);
    expect(noted.set).toMatchObject([{ cancelled: true }]);
  });
});
