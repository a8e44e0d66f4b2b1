import type { Parent } from './process.js';

/** How a child hangs on its parent, in a word. */
export type Bond = 'awaited' | 'tied' | 'both' | 'none';

export function bondOf({ awaited, tied }: Parent): Bond {
  return awaited ? (tied ? 'both' : 'awaited') : tied ? 'tied' : 'none';
}
