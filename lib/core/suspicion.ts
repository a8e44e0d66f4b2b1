import type { BodyToken, StepToken } from './token.js';

/** Deaths of workers in one step run after which its body is a suspect. */
const SUSPECT_AFTER = 2;

/** The body may be what kills its workers, so no other suspect runs beside it. */
export function isSuspect({ crashes = 0 }: BodyToken): boolean {
  return crashes >= SUSPECT_AFTER;
}

/** The body has ended by itself, so it is not what kills its workers. The crashes so far still do not count as failed attempts. */
export function cleared(token: StepToken): StepToken {
  const { crashes, alone: _alone, blamed: _blamed, ...rest } = token;
  return crashes === undefined ? token : { ...rest, forgiven: (rest.forgiven ?? 0) + crashes };
}
