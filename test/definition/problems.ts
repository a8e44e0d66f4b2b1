import { assertValid } from 'nestjs-argonaut/testing';
import type { Class, InvalidWorkflowError } from 'nestjs-argonaut';

/** What boot would say of a workflow, line by line. */
export function problemsOf(workflow: Class): string[] {
  try {
    assertValid(workflow);
    return [];
  } catch (error) {
    return (error as InvalidWorkflowError).problems;
  }
}
