import type { Container } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { parentKey } from './keys.js';
import type { Token } from './process.js';

/** A branch that may outlive its fork: its key names the visit to the fork. */
const OUTLIVES = /\/(\d+)-\d+$/;

/** Losers that may finish outlive their fork, so their keys must be nobody else's. */
export function branchKey(node: Container, { key, run }: Token, i: number): string {
  return node.kind === 'fork' && node.losers === 'finish' ? `${key}/${run}-${i}` : `${key}/${i}`;
}

/** The one branch of a stage. Beside it losers of a fork that stood here before may be under the same key. */
export function branchOf({ key }: Token): string {
  return `${key}/0`;
}

/** The container of a branch, if it still stands. */
export function containerOf(draft: Draft, key: string): Token | undefined {
  const parent = parentKey(key);
  const container = parent === null ? undefined : draft.container(parent);
  const visit = OUTLIVES.exec(key)?.[1];
  return visit === undefined || container?.run === Number(visit) ? container : undefined;
}

/** In a branch whose fork has gone on without it: what stands there ends where it is, and starts nothing. */
export function isLost(draft: Draft, key: string): boolean {
  if (!key.includes('-')) return false;
  if (OUTLIVES.test(key) && !containerOf(draft, key)) return true;
  const parent = parentKey(key);
  return parent !== null && isLost(draft, parent);
}

/** A branch that has lost what could be won: out of the race, as long as another may still win it. False: it was the last. */
export function dropOut(draft: Draft, container: Token, key: string): boolean {
  if (container.open! <= 1) return false;
  draft.removeBranch(key);
  draft.hold({ ...container, open: container.open! - 1 });
  return true;
}
