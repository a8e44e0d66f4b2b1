import type { Draft } from './draft.js';
import { NO_CHANGE } from './events.js';
import type { Token } from './process.js';

/** For good: the process waits for a person. */
export function failFor(draft: Draft, token: Token, error: string): void {
  draft.place({ ...token, fault: error });
  draft.record('process-failed', { ...about(token), error });
}

/** What its step waits for could not be told: a new attempt meets that from the start. */
export function failOutside(draft: Draft, token: Token, error: string): void {
  failFor(draft, { ...token, outside: true }, error);
}

/** It is over without what it was for. A restart must know of that, so it makes a version. */
export function leaveOut(draft: Draft, token: Token, told: { readonly error?: string | null; readonly reason?: string | null }): void {
  draft.remove(token.key);
  draft.makeVersion(token.node, NO_CHANGE);
  draft.record('step-skipped', { ...about(token), ...told });
}

/** Who undoes everything stands in no step. */
export function about({ node, run, attempt }: Pick<Token, 'node' | 'run' | 'attempt'>): { step: string | null; run: number; attempt: number } {
  return { step: node === '' ? null : node, run, attempt };
}
