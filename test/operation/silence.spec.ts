/** Silence at heartbeats of any length. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeat } from '../../lib/engine/heartbeat.js';
import { StoreClock } from '../../lib/engine/store-clock.js';

describe.each([1, 50, 200, 10_000])('a worker that beats every %i ms', (heartbeatMs) => {
  const NOW = 5_000_000;
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  function beating() {
    const store = { answers: true };
    const aborted: string[] = [];
    const beat = () => (store.answers ? Promise.resolve(NOW) : Promise.reject(new Error('gone')));
    const abortAll = (what: string) => (why: string) => void aborted.push(`${what}: ${why}`);
    const maintenance = { beat, threadBeat: () => null, retire: () => Promise.resolve() };
    const parts = { worker: 'w', settings: { heartbeatMs }, store: { maintenance }, clock: new StoreClock(), runner: { abortAll: abortAll('bodies') }, tasks: { abortAll: abortAll('tasks') } };
    vi.advanceTimersByTime(1);
    return { store, aborted, heartbeat: new Heartbeat(parts as unknown as ConstructorParameters<typeof Heartbeat>[0]) };
  }

  it('takes others for gone after three beats of silence', async () => {
    const { heartbeat } = beating();
    await heartbeat.beat();
    expect(heartbeat.silentSince).toBe(NOW - 3 * heartbeatMs);
  });

  it('gives its bodies up after three beats without an answer, and not before', async () => {
    const { heartbeat, store, aborted } = beating();
    store.answers = false;
    await expect(heartbeat.beat()).rejects.toThrow('gone');
    expect(aborted, 'it holds nothing before its first beat').toEqual([]);
    store.answers = true;
    await heartbeat.beat();
    store.answers = false;
    vi.advanceTimersByTime(3 * heartbeatMs - 0.5);
    await expect(heartbeat.beat()).rejects.toThrow('gone');
    expect(aborted).toEqual([]);
    vi.advanceTimersByTime(1);
    await expect(heartbeat.beat()).rejects.toThrow('gone');
    expect(aborted).toEqual([expect.stringMatching(/^bodies: /), expect.stringMatching(/^tasks: /)]);
  });
}); // prettier-ignore
