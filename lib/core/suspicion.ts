import type { BodyToken, StepToken } from './token.js';

/** Deaths of workers in one step run after which its body is a suspect. */
const SUSPECT_AFTER = 2;
/** Deaths after which it runs with no other suspect beside it. */
const ALONE_AFTER = 3;
/** How many suspects run at once on a worker, before they have to run alone. */
export const SUSPECTS_AT_ONCE = 8;

/** The body may be what kills its workers, so few other suspects run beside it. */
export function isSuspect({ crashes = 0 }: BodyToken): boolean {
  return crashes >= SUSPECT_AFTER;
}

/** A worker has died in it while only few suspects ran, so no other suspect runs beside it. */
export function runsAlone({ crashes = 0 }: BodyToken): boolean {
  return crashes >= ALONE_AFTER;
}

/** In words, what may run beside a suspect. */
export function besideIt(token: BodyToken): string {
  return runsAlone(token) ? 'no other suspect beside it' : 'few other suspects beside it';
}

/** The body has ended by itself, so it is not what kills its workers. The crashes so far still do not count as failed attempts. */
export function cleared(token: StepToken): StepToken {
  const { crashes, announced: _announced, blamed: _blamed, ...rest } = token;
  return crashes === undefined ? token : { ...rest, forgiven: (rest.forgiven ?? 0) + crashes };
}
