import type { Draft } from './draft.js';
import { messageOfOver } from './engine-messages.js';
import type { StepToken } from './token.js';

/** Notes the ids of theirs under which nothing is awaited any more: an answer that comes now is late. Ids of ours tell that themselves. */
export function noteOver(draft: Draft): void {
  for (const token of draft.before.process.tokens) if ('correlation' in token) noteIfOver(draft, token);
  for (const token of draft.ended ?? []) if ('correlation' in token) noteIfOver(draft, token);
}

function noteIfOver(draft: Draft, { run, correlation, message }: StepToken): void {
  if (correlation !== undefined && message === undefined && !draft.hasRun(run)) draft.keep(messageOfOver(draft.head.id, run, correlation, draft.now));
}
