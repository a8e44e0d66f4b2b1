import { WORKFLOW_METADATA } from '../decorators/workflow.decorator.js';
import { verify } from '../definition/verifier.js';
import { compileWrittenOrder } from '../definition/written-order.js';
import { InvalidWorkflowError } from '../errors.js';
import { sourceOf } from '../runtime/explorer.js';
import type { Class } from '../values.js';

/** Runs the checks of boot on one workflow, without an application. @throws InvalidWorkflowError with every problem */
export function assertValid(workflow: Class): void {
  if (!Reflect.hasMetadata(WORKFLOW_METADATA, workflow))
    throw new InvalidWorkflowError(workflow.name, [`${workflow.name}: it has no @Workflow({ name: '...' }).`]);
  const source = sourceOf(workflow, Object.create(workflow.prototype as object) as object);
  const problems = verify(source, compileWrittenOrder(source), { queues: null });
  if (problems.length > 0) throw new InvalidWorkflowError(workflow.name, problems);
}
