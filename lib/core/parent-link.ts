import type { Parent } from './process.js';

/** How a child hangs on its parent, in a word. */
export type ParentLink = 'awaited' | 'tied' | 'both' | 'none';

export function parentLinkOf({ awaited, tied }: Parent): ParentLink {
  return awaited ? (tied ? 'both' : 'awaited') : tied ? 'tied' : 'none';
}
