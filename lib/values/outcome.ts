import type { Duration, Outcome } from './types.js';

/** What a body said, if it said more than a patch. */
export type Said =
  | { readonly said: 'done'; readonly patch?: object }
  | { readonly said: 'asked'; readonly correlationId: string }
  | { readonly said: 'again'; readonly after?: Duration; readonly state?: unknown; readonly patch?: object }
  | { readonly said: 'go'; readonly branch: string; readonly patch?: object }
  | { readonly said: 'pause'; readonly reason: string }
  | { readonly said: 'fail'; readonly reason: string };

/** Known by this symbol in every copy of the package, so that a patch can never be mistaken for one. */
const SAID = Symbol.for('nestjs-argonaut.outcome');

function outcome<Kind extends Said['said']>(said: Extract<Said, { said: Kind }>): Outcome<Kind> {
  return { ...said, [SAID]: true } as unknown as Outcome<Kind>;
}

export function saidBy(result: unknown): Said | null {
  return typeof result === 'object' && result !== null && SAID in result ? (result as unknown as Said) : null;
}

/** Says "complete". From a `request`: no answer is needed; the step is complete and its body is skipped. */
export function done(patch?: object): Outcome<'done'> {
  return outcome({ said: 'done', ...(patch && { patch }) });
}

/** From a `request`: the answer will come under this id of theirs, and not under `step.correlationId`. */
export function asked(answer: { correlationId: string }): Outcome<'asked'> {
  return outcome({ said: 'asked', correlationId: answer.correlationId });
}

/**
 * Says "not finished, call me again": a step that waited for a message, for the next message; any other after a while, by
 * default a second. `state` is found in `step.state` then. An unsolicited step declines the event with it.
 */
export function again(options: { after?: Duration; state?: unknown; patch?: object } = {}): Outcome<'again'> {
  return outcome({ said: 'again', ...options });
}

/** Chooses one of the step's `next`, and changes the context with it. */
export function go<const Branch extends string>(branch: Branch, patch?: object): Outcome<'go'> & { readonly branch: Branch } {
  return outcome({ said: 'go', branch, ...(patch && { patch }) }) as Outcome<'go'> & { readonly branch: Branch };
}

/** Stops the process here until somebody calls `resume()`; the step then runs again, with the message it had. */
export function pause(reason: string): Outcome<'pause'> {
  return outcome({ said: 'pause', reason });
}

/** Fails for good: no retry. (A thrown error is a failed attempt; this is a decision.) */
export function fail(reason: string): Outcome<'fail'> {
  return outcome({ said: 'fail', reason });
}
