import type { StageNode, StepNode } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { FactError } from './facts.js';
import { deadlineKey, overdueKey } from './token-key.js';
import { carriedBy, type ContainerToken, type ReminderToken, type StepToken, type Token } from './token.js';

type Visit = StepToken | ContainerToken;

/** The moment by which a visit must have ended. */
export function deadlineOf(draft: Draft, node: StepNode | StageNode, at: Visit): number | FactError | undefined {
  if (node.within === undefined) return undefined;
  return node.within === 'asked' ? draft.given.facts.within(node.name, draft.now, at) : draft.now + node.within;
}

/** The moment at which a visit that is asked again and again is complete. */
export function completeByOf(draft: Draft, node: StepNode, at: StepToken): number | FactError | undefined {
  if (node.completeBy === undefined) return undefined;
  return node.completeBy === 'asked' ? draft.given.facts.completeBy(node.name, draft.now, at) : draft.now + node.completeBy;
}

/** Sets the overdue timer of a visit, if its node has one. If the time cannot be computed, that is recorded and no timer is set. */
export function watchOverdue(draft: Draft, node: StepNode | StageNode, visit: Visit): void {
  if (node.overdue === undefined) return;
  const at = node.overdue === 'asked' ? draft.given.facts.overdue(node.name, draft.now, visit) : draft.now + node.overdue;
  if (at instanceof FactError) return draft.record('note', null, { step: node.name, run: visit.run, error: `overdue: ${at.message}` });
  draft.wait(reminderOf(visit, overdueKey(visit)), { kind: 'timer', dueAt: at });
}

/** The reminder token of a visit, under this key. */
export function reminderOf(visit: Visit, key: string): ReminderToken {
  const { node, run, since, attempt } = visit;
  return { key, node, run, does: 'remind', attempt, since, ...carriedBy(visit) };
}

export function watchDeadline(draft: Draft, stage: ContainerToken): void {
  if (stage.deadline !== undefined) draft.wait({ ...stage, key: deadlineKey(stage) }, { kind: 'timer', dueAt: stage.deadline });
}

/** Deletes the timers of a visit that has ended. A reminder that runs may finish. */
export function unwatch(draft: Draft, token: Token): void {
  const node = draft.definition.nodes.get(token.node);
  if (node && 'overdue' in node && node.overdue !== undefined) draft.drop(overdueKey(token));
  if (node?.kind === 'stage' && 'deadline' in token && token.deadline !== undefined) draft.drop(deadlineKey(token));
}
