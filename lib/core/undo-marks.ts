import { type StepNode, stepNamed } from '../definition/graph.js';
import type { VisitMark } from './change.js';
import type { Draft } from './draft.js';
import { NO_CHANGE } from './events.js';
import { carriedBy, type StepToken } from './token.js';

/** True if the first body of the step sends a request, or gives the values that a child starts with. */
export function asksFirst({ gate }: StepNode): boolean {
  return gate.for === 'response' || gate.for === 'child';
}

/**
 * Notes in the history how far a visit has come. From its request on it has had an effect, so it is undone, whatever ends it: a time limit,
 * a cancellation, a failure, a lost race. Only the history outlives all of these.
 */
export function noteReached(draft: Draft, token: StepToken, reached: VisitMark['reached']): void {
  const node = stepNamed(draft.definition, token.node);
  if (node.compensates && asksFirst(node)) draft.makeVersion(token.node, NO_CHANGE, { undo: visitMark(token, reached) });
}

/** `reached` left out: the visit is complete. */
export function visitMark(token: StepToken, reached?: VisitMark['reached']): VisitMark {
  const { key, run, correlation, message } = token;
  return {
    key,
    run,
    ...carriedBy(token),
    ...(reached !== undefined && { reached }),
    ...(correlation !== undefined && { correlation }),
    ...(message !== undefined && { message }),
  };
}
