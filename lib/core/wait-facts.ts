import type { WaitState } from './wait.js';
import type { WaitKind } from './waits-for.js';

/** What the open waits of a process say of how it gets on. */
export interface WaitFacts {
  /** A pause holds back one of its bodies. */
  readonly isPaused: boolean;
  /** One of its steps takes longer than it should. */
  readonly isOverdue: boolean;
  /** One of its waits belongs to another attempt than the first. */
  readonly isRetrying: boolean;
  /** When the first of its tasks that no worker has taken may run, ms. Null: there is none. */
  readonly readyAt: number | null;
  /** The steps that have waits, by name. */
  readonly steps: readonly string[];
}

/** Waits in which no step stands: of containers, and of steps that only hear an event. */
const STEPLESS: ReadonlySet<WaitKind> = new Set<WaitKind>(['branches', 'listener']);

export function waitFactsOf(waits: readonly WaitState[]): WaitFacts {
  const ready = waits.flatMap(({ waitsFor }) => (waitsFor.kind === 'task' && waitsFor.readyAt !== null ? [waitsFor.readyAt] : []));
  return {
    isPaused: waits.some(({ waitsFor }) => waitsFor.kind === 'pause'),
    isOverdue: waits.some(({ waitsFor }) => waitsFor.kind === 'overdue'),
    isRetrying: waits.some(({ token }) => token.attempt > 1),
    readyAt: ready.length === 0 ? null : Math.min(...ready),
    steps: [...new Set(waits.filter(({ waitsFor }) => !STEPLESS.has(waitsFor.kind)).map(({ token }) => token.node))].sort(),
  };
}
