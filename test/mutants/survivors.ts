import type { Mutant } from './mutant.js';

/** Mutants that no test notices, by the beginning of their identity, each with the reason why none can. */
export const SURVIVORS: readonly (readonly [about: string, reason: string])[] = [];

export function reasonFor({ identity }: Mutant): string | undefined {
  return SURVIVORS.find(([about]) => identity.startsWith(about))?.[1];
}
