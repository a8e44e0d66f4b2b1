import 'reflect-metadata';
import type { StepRef } from '../../lib/index.js';

/** What a body is to do, by group id and step; without a word it does nothing. */
export const bodies = new Map<string, (step: StepRef, message?: unknown) => unknown>();

export function body(step: StepRef, message?: unknown): any {
  return bodies.get(`${step.groupId} ${step.name}`)?.(step, message);
}

/** Something that happens, and can be waited for. */
export function signal<T = void>(): { readonly happened: Promise<T>; readonly happen: (value: T) => void } {
  let happen!: (value: T) => void;
  const happened = new Promise<T>((resolve) => (happen = resolve));
  return { happened, happen };
}

/** Only what is told at once: nobody sweeps, and hearts beat once an hour. */
export const nobodySweeps = { worker: { heartbeat: '1h', sweepInterval: '1h' } } as const;
export const quick = { worker: { heartbeat: '300ms', sweepInterval: '50ms' } } as const;
