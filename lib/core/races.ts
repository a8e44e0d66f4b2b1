import type { Container } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { branchKey, mayOutlive, outlivingBranchKey, outlivingRun, parentKey } from './token-key.js';
import type { ContainerToken, Token } from './token.js';

/** The key of branch i of a container. Losers that may finish outlive their fork, so their keys name the visit to it. */
export function keyOfBranch(node: Container, container: Pick<Token, 'key' | 'run'>, i: number): string {
  return node.kind === 'fork' && node.losers === 'finish' ? outlivingBranchKey(container, i) : branchKey(container.key, i);
}

/** The one branch of a stage. Losers of a fork that stood here before may be under the same key. */
export function branchOfStage({ key }: Pick<Token, 'key'>): string {
  return branchKey(key, 0);
}

/** The container of a branch, if it still stands. */
export function containerOf(draft: Draft, key: string): ContainerToken | undefined {
  const parent = parentKey(key);
  const container = parent === null ? undefined : draft.container(parent);
  const run = outlivingRun(key);
  return run === undefined || container?.run === run ? container : undefined;
}

/** In a branch that has lost an `any` fork: a step that runs there may finish, and nothing new starts. */
export function isLost(draft: Draft, key: string): boolean {
  if (!mayOutlive(key)) return false;
  if (outlivingRun(key) !== undefined && !containerOf(draft, key)) return true;
  const parent = parentKey(key);
  return parent !== null && isLost(draft, parent);
}

/** Takes a failed branch out of its race, as long as another branch may still win it. False: it was the last. */
export function dropOut(draft: Draft, container: ContainerToken, key: string): boolean {
  if (container.open <= 1) return false;
  draft.endBranch(key);
  draft.hold({ ...container, open: container.open - 1 });
  return true;
}
