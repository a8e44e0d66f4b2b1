import type { Class } from '../values/types.js';

/** The decorators of message handlers, and the metadata key that each writes. */
export const HANDLER_METADATA = {
  '@HandlesResponse': 'nestjs-argonaut:handles-response',
  '@HandlesInput': 'nestjs-argonaut:handles-input',
  '@HandlesEvent': 'nestjs-argonaut:handles-event',
  '@StartsProcess': 'nestjs-argonaut:starts-process',
} as const;

export type HandlerDecorator = keyof typeof HANDLER_METADATA;

/** A class, a function that returns it where imports form a circle, or the name of a workflow. */
export type WorkflowReference = Class | (() => Class) | string;

/** The metadata of `@StartsProcess`: the workflow it starts. */
export interface StartHandlerMetadata {
  readonly workflow: WorkflowReference | undefined;
}

/** The metadata of `@HandlesResponse` and `@HandlesInput`: the step they bring a message to. */
export interface StepHandlerMetadata extends StartHandlerMetadata {
  readonly step: string;
}

/** The class or name that a reference stands for. */
export function resolveWorkflow(workflow: WorkflowReference): Class | string {
  return typeof workflow === 'function' && !/^class\b/.test(Function.prototype.toString.call(workflow))
    ? (workflow as () => Class)()
    : (workflow as Class | string);
}
