import type { Move } from './change.js';

/**
 * Where the tokens stood at a version: the moves of all versions up to it, folded. A restart begins a new tree, whose
 * first key has the next number; what stood in the tree before is over.
 */
export function placesAt(moves: Iterable<readonly Move[]>): Map<string, string> {
  const places = new Map<string, string>();
  let root = 0;
  for (const [key, node] of flat(moves)) {
    if (rootOf(key) > root) {
      places.clear();
      root = rootOf(key);
    }
    if (node === undefined) places.delete(key);
    else places.set(key, node);
  }
  return places;
}

function* flat(moves: Iterable<readonly Move[]>): Iterable<Move> {
  for (const version of moves) yield* version;
}

function rootOf(key: string): number {
  return Number.parseInt(key, 10);
}
