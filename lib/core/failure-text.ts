import { errorFingerprint } from '../values/error-fingerprint.js';
import type { ProcessState } from './process.js';
import { hasFailed } from './token.js';

/** The name of the search value of a failed process. A key of a context has no colon in front. */
export const FAILURE = ':failure';
const BETWEEN = '\n';

/** The step that has failed, and its error without ids and numbers, as one search value. Null: the process has not failed. */
export function failureText({ status, cause, tokens }: ProcessState): string | null {
  if (status !== 'failed') return null;
  const failed = tokens.find(hasFailed);
  const step = failed?.node ?? '';
  const error = cause?.startsWith(`${step}: `) ? cause.slice(step.length + 2) : (cause ?? '');
  return `${step}${BETWEEN}${errorFingerprint(error)}`;
}

/** The step and the error of such a value. An empty step: the process as a whole. */
export function failureIn(text: string): { step: string; error: string } {
  const at = text.indexOf(BETWEEN);
  return { step: text.slice(0, at), error: text.slice(at + BETWEEN.length) };
}

/** The value of processes that have failed in this step with this error. */
export function failureOf(step: string, error: string): string {
  return `${step}${BETWEEN}${error}`;
}
