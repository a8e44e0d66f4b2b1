import { SetMetadata } from '@nestjs/common';
import { makeInjectable } from './step.decorator.js';
import type { WorkflowOptions } from '../definition/workflow-options.js';
import type { Class } from '../values/types.js';
import type { CheckContext } from './context.check.js';

export const WORKFLOW_METADATA = 'nestjs-argonaut:workflow';

export type WorkflowDecorator<C> = <T extends Class>(
  target: T & ([CheckContext<C, InstanceType<T>>] extends [never] ? unknown : CheckContext<C, InstanceType<T>>),
) => void;

/**
 * Makes a provider a workflow. Its `@Step()` methods run in the order written, unless it has a member `flow`: a method that
 * continues a {@link Flow}, or a {@link Digraph}. The class is an ordinary provider of any module, with anything injected: a
 * step is a method, and a test can call it directly.
 */
export function Workflow<C = any>(options: WorkflowOptions<C>): WorkflowDecorator<C> {
  return (target: Class) => {
    makeInjectable(target);
    SetMetadata(WORKFLOW_METADATA, options)(target);
  };
}
