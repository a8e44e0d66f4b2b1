import type { RecordDetails } from './draft.js';
import type { Draft } from './draft.js';
import { NO_CHANGE } from './events.js';
import type { ContainerToken, StepToken, Token } from './token.js';

/** How much of the last error a token carries, in characters; the record has all of it. */
export const MOST_OF_ERROR = 200;

/** Marks a token as failed for good. The token stays where it is, and the process waits for a person. */
export function failToken(draft: Draft, token: Token, error: string): void {
  draft.run({ ...token, fault: error });
  draft.record('process-failed', token, { error });
}

/** Fails a token before its body or its branches could begin. A new attempt enters the node from the start. */
export function failOutside(draft: Draft, token: StepToken | ContainerToken, error: string): void {
  failToken(draft, { ...token, outside: true }, error);
}

/** Ends a token that did not do its work. A restart must know of that, so this makes a version. */
export function leaveOut(draft: Draft, token: Token, details: RecordDetails): void {
  draft.end(token.key);
  draft.makeVersion(token.node, NO_CHANGE);
  draft.record('step-skipped', token, details);
}
