import type { Draft } from './draft.js';
import type { EventOf } from './events.js';
import { isActive, isBeside, type Token, type WaitState } from './process.js';

/**
 * Goes on under another version of its workflow: what waits goes on waiting, at the step that is its own there. The definition
 * this is decided by is the new one. What runs at this moment is let alone.
 */
export function migrated(draft: Draft, event: EventOf<'migrated'>): void {
  const from = draft.head.workflowVersion;
  if (from === event.to || draft.someToken(isActive)) return;
  draft.head.workflowVersion = event.to;
  const undo = event.steps.size > 0 ? { undo: { renamed: Object.fromEntries(event.steps) } } : {}; // what was done may have to be undone
  draft.makeVersion('', { set: event.values, remove: [] }, { snapshot: event.values, ...undo });
  draft.record('process-migrated', { detail: `from version ${from} to ${event.to}` });
  for (const token of draft.allTokens()) if (!('kind' in token)) move(draft, token, event, (moved) => draft.place(moved));
  for (const key of event.waits) {
    const wait = draft.parked(key);
    if (wait) move(draft, wait, event, (moved) => draft.park(moved as WaitState));
  }
}

function move(draft: Draft, token: Token, { steps }: EventOf<'migrated'>, stand: (moved: Token) => void): void {
  const node = steps.get(token.node);
  if (node === undefined) return;
  stand({ ...token, node });
  if (!isBeside(token)) draft.moved(token.key, node, null);
}
