import { assertValid } from 'nestjs-argonaut/testing';
import type { Class, InvalidWorkflowError } from 'nestjs-argonaut';

/** What boot would say of a workflow (a class, a document or its path), line by line. */
export function problemsOf(workflow: Class | object | string, named: Parameters<typeof assertValid>[1] = {}): string[] {
  try {
    assertValid(workflow, named);
    return [];
  } catch (error) {
    return (error as InvalidWorkflowError).problems;
  }
}
