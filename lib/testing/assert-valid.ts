import { WORKFLOW_METADATA } from '../decorators/workflow.decorator.js';
import { isClass, type WorkflowSource } from '../definition/source.js';
import { StepLibrary } from '../definition/step-library.js';
import type { WorkflowJson } from '../definition/workflow-json.js';
import { InvalidWorkflowError } from '../values/errors.js';
import { isStepClass, providerOf, sourceOf } from '../workflows/explorer.js';
import { WorkflowCompiler } from '../workflows/workflow-compiler.js';
import type { Class } from '../values/types.js';

/** The classes that a workflow names, because there is no application to find them in. */
export interface AssertValidOptions {
  /** The step classes that a document names. Those in a flow need not be listed. */
  readonly steps?: readonly Class[];
  /** The context classes a document names. */
  readonly contexts?: readonly Class[];
}

/** Runs the checks of boot on one workflow (a class, a document, or its path), without an application. @throws InvalidWorkflowError with every problem */
export function assertValid(workflow: Class | WorkflowJson | object | string, { steps = [], contexts = [] }: AssertValidOptions = {}): void {
  const compiler = new WorkflowCompiler({ library: new AnyStep(steps.map(asProvider)), contexts, queues: null, workflows: null });
  if (!isClass(workflow)) return void compiler.make(workflow);
  if (!Reflect.hasMetadata(WORKFLOW_METADATA, workflow))
    throw new InvalidWorkflowError(workflow.name, [`${workflow.name}: it has no @Workflow({ name: '...' }).`]);
  const { problems } = compiler.compile(sourceWithout(workflow));
  if (problems.length > 0) throw new InvalidWorkflowError(workflow.name, [...problems]);
}

/** A digraph is a field, so the class is instantiated, if that works without arguments. */
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

/** Treats every step class as a provider. */
class AnyStep extends StepLibrary {
  override of(type: unknown) {
    return super.of(type) ?? (isStepClass(type) ? asProvider(type) : undefined);
  }
}
