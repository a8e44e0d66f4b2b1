import type { ParentLink } from './process.js';

/** A parent link in one word, as rows hold it. */
export type ParentBond = 'awaited' | 'tied' | 'both' | 'none';

export function bondOf({ awaited, tied }: ParentLink): ParentBond {
  return awaited ? (tied ? 'both' : 'awaited') : tied ? 'tied' : 'none';
}

export function parentLink(id: string, bond: ParentBond | null): ParentLink {
  return { id, awaited: bond === 'awaited' || bond === 'both', tied: bond === 'tied' || bond === 'both' };
}
