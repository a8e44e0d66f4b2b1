import type { StageNode, StepNode } from '../definition/graph.js';
import type { Draft } from './draft.js';
import { Fault } from './events.js';
import { type Token, toWait } from './process.js';

/** Until its visit is overdue; then it stays as the mark of that. */
export function overdueKey({ key, run }: Pick<Token, 'key' | 'run'>): string {
  return `${key}~o${run}`;
}

/** Until its stage must have ended. */
export function deadlineKey({ key, run }: Pick<Token, 'key' | 'run'>): string {
  return `${key}~d${run}`;
}

/** The moment by which a visit must have ended. */
export function deadlineOf(draft: Draft, node: StepNode | StageNode, at: Token): number | Fault | undefined {
  if (node.within === undefined) return undefined;
  return node.within === 'asked' ? draft.given.facts.within(node.name, draft.now, at) : draft.now + node.within;
}

/** A timer beside the visit, where its step says when it is overdue. A moment that cannot be told overdues nothing, and shows. */
export function watchOverdue(draft: Draft, node: StepNode | StageNode, token: Token): void {
  if (node.overdue === undefined) return;
  const at = node.overdue === 'asked' ? draft.given.facts.overdue(node.name, draft.now, token) : draft.now + node.overdue;
  if (at instanceof Fault) return draft.record('note', { step: node.name, run: token.run, error: `overdue: ${at.message}` });
  draft.park(toWait({ ...token, key: overdueKey(token), does: 'remind' }, 'timer', { dueAt: at }));
}

export function watchDeadline(draft: Draft, stage: Token): void {
  if (stage.deadline !== undefined) draft.park(toWait({ ...stage, key: deadlineKey(stage) }, 'timer', { dueAt: stage.deadline }));
}

/** The visit has ended. Who is being told that it is overdue may finish that. */
export function unwatch(draft: Draft, token: Token): void {
  const node = draft.definition.nodes.get(token.node);
  if (node && 'overdue' in node && node.overdue !== undefined) draft.drop(overdueKey(token));
  if (node?.kind === 'stage' && token.deadline !== undefined) draft.drop(deadlineKey(token));
}
