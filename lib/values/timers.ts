/**
 * The timers of Node as they were when this module was loaded. Tests replace those of `globalThis` by ones that stand still
 * (`vi.useFakeTimers()`, `jest.useFakeTimers()`); without these, the engine would stand still with them. Time that a test may move is
 * that of the `Clock`.
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, queueMicrotask } = globalThis;

/** Milliseconds of a clock that only goes forward. */
export const monotonicNow: () => number = performance.now.bind(performance);
