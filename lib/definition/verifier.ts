/**
 * Finds everything that is wrong with a workflow before its first process. Each check yields sentences that name the step, the
 * fault and the remedy. Boot reports all of them at once.
 */
import type { Compiled, WorkflowSource, WrittenStep } from './source.js';
import { atStep } from './document-paths.js';
import { graphProblems } from './verify/graph-problems.js';
import { orderProblems } from './verify/order-problems.js';
import { placeProblems } from './verify/place-problems.js';
import { stepProblems, type Surroundings } from './verify/step-problems.js';
import { updateProblems } from './verify/update-problems.js';
import { workflowProblems } from './verify/workflow-problems.js';

export type { Surroundings } from './verify/step-problems.js';

/** The problems of one workflow, each beginning with its class or document, and its step. */
export function verify(compiled: Compiled, around: Surroundings): string[] {
  const { source, definition, problems } = compiled;
  const whole = [...workflowProblems(source), ...updateProblems(source.options.updates, around.senderProblem)];
  const flow = [...problems, ...orderProblems(source, definition)];
  const steps = source.steps.map((step) => ({
    subject: subjectOf(source, step),
    step: [...stepProblems(source, step, around)],
    place: [...placeProblems(source, definition, step)],
  }));
  // A wrong order makes many nodes unreachable. Reporting the cause is enough.
  const clear = flow.length === 0 && steps.every(({ place }) => place.length === 0);
  const graph = clear ? [...graphProblems(source, definition)] : [];
  return [
    ...[...whole, ...flow].map((problem) => `${source.className}: ${problem}`),
    ...steps.flatMap(({ subject, step, place }) => [...step, ...place].map((problem) => `${subject}${problem}`)),
    ...graph.map((problem) => `${source.className}: ${problem}`),
  ];
}

/** Names a step: in a document by its place, else by its name. */
function subjectOf({ className }: WorkflowSource, step: WrittenStep): string {
  return step.path === undefined ? `${className}.${step.name}: ` : `${className}: ${atStep(step)}`;
}
