import { digestOf } from './digest.js';

/** Where bodies are paused: a workflow, a step of it, or a task queue. */
export interface PausedPlace {
  readonly workflow: string | null;
  readonly step: string | null;
  readonly queue: string | null;
}

/** The address at which bodies wait for the end of a pause. */
export function pauseAddress({ workflow, step, queue }: PausedPlace): string {
  if (queue !== null) return `p:${digestOf('queue', queue)}`;
  return `p:${step === null ? digestOf('workflow', workflow!) : digestOf('step', workflow!, step)}`;
}

/** The place for people. */
export function placeText({ workflow, step, queue }: PausedPlace): string {
  if (queue !== null) return `the queue "${queue}"`;
  return step === null ? `the workflow "${workflow}"` : `step "${step}" of the workflow "${workflow}"`;
}
