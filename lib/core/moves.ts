import type { Move } from './change.js';
import type { TokenPosition } from './events.js';
import type { ItemPosition } from './facts.js';
import { branchKey, lifeOf, parentKey } from './token-key.js';
import { carriedBy } from './token.js';

/** The node of an item that has not left the start of its branch. */
export const AT_START = '';

/**
 * Where the tokens stood at a version, computed from the moves of all versions up to it. A restart begins a new tree, whose first
 * key has the next number. All places of the old tree end.
 */
export function placesAt(moves: Iterable<readonly Move[]>): Map<string, TokenPosition> {
  const places = new Places();
  for (const version of moves) places.moveAll(version);
  return places.found;
}

/** The name of a step after these renamings, the oldest first. */
export function calledAfter(renamings: readonly Readonly<Record<string, string>>[], name: string): string {
  return renamings.reduce((called, renamed) => (Object.hasOwn(renamed, called) ? renamed[called]! : called), name);
}

class Places {
  readonly found = new Map<string, TokenPosition>();
  /** Keys by their parent, also those of branches that have ended: all of them go with the parent. */
  private readonly branches = new Map<string, Set<string>>();
  private life = 0;
  private version = 0;

  moveAll(moves: readonly Move[]): void {
    this.version++;
    for (const move of moves) this.move(move);
  }

  private move([key, node, items, at]: Move): void {
    if (lifeOf(key) > this.life) this.beginLife(lifeOf(key));
    if (items === null) return this.rename(key, node!);
    const carried = this.carriedTo(key);
    this.end(key);
    if (node === undefined) return;
    this.stand(key, { ...carried, node, version: this.version });
    items?.forEach((item, i) => this.stand(branchKey(key, i), { node: AT_START, item, index: at?.[i] ?? i }));
  }

  /** Changes the node only. Branches under the key stay. */
  private rename(key: string, node: string): void {
    const place = this.found.get(key);
    if (place && place.node !== AT_START) this.found.set(key, { ...place, node });
  }

  /** The item at this key, or at the key above. */
  private carriedTo(key: string): ItemPosition {
    const { item, index }: ItemPosition = this.found.get(key) ?? this.found.get(parentKey(key) ?? '') ?? {};
    return carriedBy({ item, index } as ItemPosition);
  }

  private beginLife(life: number): void {
    this.life = life;
    this.found.clear();
    this.branches.clear();
  }

  /** Removes a token with all its branches. */
  private end(key: string): void {
    for (const branch of this.branches.get(key) ?? []) this.end(branch);
    this.branches.delete(key);
    this.found.delete(key);
  }

  private stand(key: string, place: TokenPosition): void {
    this.found.set(key, place);
    const parent = parentKey(key);
    if (parent === null) return;
    if (!this.branches.has(parent)) this.branches.set(parent, new Set());
    this.branches.get(parent)!.add(key);
  }
}
