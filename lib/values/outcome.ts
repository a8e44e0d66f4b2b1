import type { Duration, Outcome } from './types.js';

/** The outcome that a body returned, if not just a patch. */
export type Said =
  | { readonly said: 'done'; readonly patch?: object }
  | { readonly said: 'asked'; readonly correlationId: string }
  | { readonly said: 'again'; readonly after?: Duration; readonly state?: unknown; readonly patch?: object }
  | { readonly said: 'go'; readonly branch: string; readonly patch?: object }
  | { readonly said: 'pause'; readonly reason: string }
  | { readonly said: 'fail'; readonly reason: string };

/** Marks outcomes, with the same symbol in every copy of the package, so that a patch is never mistaken for one. */
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

/** From a `request`: the answer will come under this id of the partner, and not under `step.correlationId`. */
export function asked(answer: { correlationId: string }): Outcome<'asked'> {
  return outcome({ said: 'asked', correlationId: answer.correlationId });
}

/**
 * Says "not finished, call me again": after `after`; without it, with the next message if the step waited for one, else after a
 * second. `state` is then in `step.state`. Without `after`, an unsolicited step declines the event.
 */
export function again(options: { after?: Duration; state?: unknown; patch?: object } = {}): Outcome<'again'> {
  return outcome({ said: 'again', ...options });
}

/** Chooses one of the step's `next`, and changes the context with it. */
export function go<const Branch extends string>(branch: Branch, patch?: object): Outcome<'go'> & { readonly branch: Branch } {
  return outcome({ said: 'go', branch, ...(patch && { patch }) }) as Outcome<'go'> & { readonly branch: Branch };
}

/** Suspends the process here until `resume()` is called. The step then runs again, with the message it had. */
export function pause(reason: string): Outcome<'pause'> {
  return outcome({ said: 'pause', reason });
}

/** Fails for good: no retry. (A thrown error is a failed attempt; this is a decision.) */
export function fail(reason: string): Outcome<'fail'> {
  return outcome({ said: 'fail', reason });
}
