import type { Container } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { branchKey, mayOutlive, outlivingBranchKey, outlivingRun, parentKey } from './token-key.js';
import type { ContainerToken, Token } from './token.js';

/** The key of branch i of a container. Losers that may finish outlive their fork, so their keys hold its run. */
export function keyOfBranch(node: Container, container: Pick<Token, 'key' | 'run'>, i: number): string {
  return node.kind === 'fork' && node.losers === 'finish' ? outlivingBranchKey(container, i) : branchKey(container.key, i);
}

/** The only branch of a stage. Losers of an earlier fork may still be under the stage's own key. */
export function branchOfStage({ key }: Pick<Token, 'key'>): string {
  return branchKey(key, 0);
}

/** The container of a branch, if that has not ended. */
export function containerOf(draft: Draft, key: string): ContainerToken | undefined {
  const parent = parentKey(key);
  const container = parent === null ? undefined : draft.container(parent);
  const run = outlivingRun(key);
  return run === undefined || container?.run === run ? container : undefined;
}

/** True in a branch that lost an `any` fork: its running step may finish, nothing new starts. */
export function hasLostRace(draft: Draft, key: string): boolean {
  if (!mayOutlive(key)) return false;
  if (outlivingRun(key) !== undefined && !containerOf(draft, key)) return true;
  const parent = parentKey(key);
  return parent !== null && hasLostRace(draft, parent);
}

/** Takes a failed branch out of its race if another branch may still win. False: this branch was the last. */
export function dropOut(draft: Draft, container: ContainerToken, key: string): boolean {
  if (container.open <= 1) return false;
  draft.endBranch(key);
  draft.hold({ ...container, open: container.open - 1 });
  return true;
}
