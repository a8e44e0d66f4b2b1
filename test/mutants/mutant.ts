import { createHash } from 'node:crypto';

/** One small change of the code, compiled in beside the original. */
export interface Mutant {
  /** Its number in the switch. It differs from run to run of a changed code; the identity does not. */
  readonly id: number;
  /** From the root of the project. */
  readonly file: string;
  readonly line: number;
  /** The function it is in, by name. */
  readonly within: string;
  readonly change: string;
  /** File, function and change, and which of several alike: what {@link survivors} and samples know it by. */
  readonly identity: string;
}

/** The mutants of a sample: those whose hash comes first. A change of one function leaves the choice among the others as it is. */
export function sampleOf(mutants: readonly Mutant[], seed: string, count: number): readonly Mutant[] {
  const place = new Map(mutants.map((mutant) => [mutant, createHash('sha256').update(`${seed} ${mutant.identity}`).digest('hex')]));
  const sorted = mutants.toSorted((a, b) => (place.get(a)! < place.get(b)! ? -1 : 1));
  return sorted.slice(0, count).toSorted((a, b) => a.id - b.id);
}
