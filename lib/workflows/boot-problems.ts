import { InvalidWorkflowError } from '../values/errors.js';

const MODULE = 'WorkflowModule';

/** The error of a boot. Its first line names what all problems begin with: one of these workflows, or the options; else the application. */
export function problemsAtBoot(problems: string[], workflows: readonly string[] = []): InvalidWorkflowError {
  const only = [MODULE, ...workflows].find((name) => problems.every((problem) => problem.startsWith(`${name}.`) || problem.startsWith(`${name}:`)));
  return new InvalidWorkflowError(only === MODULE ? `the options of ${MODULE}` : (only ?? 'this application'), problems);
}
