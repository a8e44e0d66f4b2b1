import { WORKFLOW_METADATA } from '../decorators/workflow.decorator.js';
import { isClass, type WorkflowSource } from '../definition/source.js';
import { StepLibrary } from '../definition/step-library.js';
import type { WorkflowJson } from '../definition/workflow-json.js';
import { InvalidWorkflowError } from '../values/errors.js';
import { isStepClass, providerOf, sourceOf } from '../workflows/explorer.js';
import { WorkflowCompiler } from '../workflows/workflow-compiler.js';
import type { Class } from '../values/types.js';

/** What a workflow names, where there is no application to find it in. */
export interface AssertValidOptions {
  /** The step classes a document names. Those in a flow are found by themselves. */
  readonly steps?: readonly Class[];
  /** The context classes a document names. */
  readonly contexts?: readonly Class[];
}

/** Runs the checks of boot on one workflow (a class, a document, or its path), without an application. @throws InvalidWorkflowError with every problem */
export function assertValid(workflow: Class | WorkflowJson | object | string, { steps = [], contexts = [] }: AssertValidOptions = {}): void {
  const workshop = new WorkflowCompiler({ library: new AnyStep(steps.map(asProvider)), contexts, queues: null, workflows: null });
  if (!isClass(workflow)) return void workshop.make(workflow);
  if (!Reflect.hasMetadata(WORKFLOW_METADATA, workflow))
    throw new InvalidWorkflowError(workflow.name, [`${workflow.name}: it has no @Workflow({ name: '...' }).`]);
  const { problems } = workshop.compile(sourceWithout(workflow));
  if (problems.length > 0) throw new InvalidWorkflowError(workflow.name, [...problems]);
}

/** A digraph is a field, so the class is made, if it can be made of nothing. */
export function sourceWithout(workflow: Class): WorkflowSource {
  try {
    return sourceOf(workflow, new workflow() as object);
  } catch {
    return sourceOf(workflow, Object.create(workflow.prototype as object) as object);
  }
}

function asProvider(type: Class) {
  return providerOf(type, Object.create(type.prototype as object) as object);
}

/** As if every step class were a provider. */
class AnyStep extends StepLibrary {
  override of(type: unknown) {
    return super.of(type) ?? (isStepClass(type) ? asProvider(type) : undefined);
  }
}
