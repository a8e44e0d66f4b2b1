import type { StepRef } from '../values/types.js';

/** A `StepRef` for calling a step as the plain method it is. */
export function aStep(over: Partial<StepRef> = {}): StepRef {
  return {
    processId: 'process-1', groupId: 'group-1', workflow: 'workflow', workflowVersion: 1, name: 'step', attempt: 1,
    correlationId: 'process-1.1', idempotencyKey: 'process-1.1', state: undefined, message: undefined, previous: undefined,
    item: undefined, index: 0, config: {}, reached: undefined, undone: undefined,
    get manager(): never {
      throw new Error('aStep() has no transaction: give it a manager.');
    },
    signal: new AbortController().signal, now: new Date(0), note: () => {}, send: () => 'message-1',
    ...over,
  }; // prettier-ignore
}
