import type { RecordDetails } from './draft.js';
import type { Draft } from './draft.js';
import { NO_CHANGE } from './events.js';
import type { ContainerToken, StepToken, Token } from './token.js';

/** Failed for good: it stays where it is, and the process waits for a person. */
export function failToken(draft: Draft, token: Token, error: string): void {
  draft.run({ ...token, fault: error });
  draft.record('process-failed', token, { error });
}

/** What its step waits for could not be computed. A new attempt meets that from the start. */
export function failOutside(draft: Draft, token: StepToken | ContainerToken, error: string): void {
  failToken(draft, { ...token, outside: true }, error);
}

/** It is over without what it was for. A restart must know of that, so it makes a version. */
export function leaveOut(draft: Draft, token: Token, details: RecordDetails): void {
  draft.end(token.key);
  draft.makeVersion(token.node, NO_CHANGE);
  draft.record('step-skipped', token, details);
}
