import type { Draft } from './draft.js';
import type { EventOf } from './events.js';
import { isActive, isBeside, type Token } from './token.js';

/**
 * Moves a process to another version of its workflow. Waiting tokens keep waiting, at the matching step of the new version. The
 * new definition decides. A process that runs at this moment is left alone.
 */
export function migrated(draft: Draft, event: EventOf<'migrated'>): void {
  const from = draft.head.workflowVersion;
  if (from === event.to || event.revision !== draft.head.revision || draft.someToken(isActive)) return;
  draft.head.workflowVersion = event.to;
  const undo = event.steps.size > 0 ? { undo: { renamed: Object.fromEntries(event.steps) } } : {}; // a later undo needs the renamings
  draft.makeVersion('', { set: event.values, remove: [] }, { snapshot: event.values, ...undo });
  draft.record('process-migrated', null, { detail: `from version ${from} to ${event.to}` });
  for (const token of draft.allTokens()) if (token.parked === undefined) move(draft, token, event, (moved) => draft.run(moved));
  for (const token of draft.allTokens()) if (token.parked === 'listener' && token.address === undefined) move(draft, token, event, (moved) => draft.keepCopy(moved, 'listener')); // prettier-ignore
  for (const key of event.waits) {
    const wait = draft.parked(key);
    if (wait) move(draft, wait.token, event, (moved) => draft.wait(moved, wait.waitsFor));
  }
}

function move(draft: Draft, token: Token, { steps }: EventOf<'migrated'>, stand: (moved: Token) => void): void {
  const node = steps.get(token.node);
  if (node === undefined) return;
  stand({ ...token, node });
  if (!isBeside(token)) draft.moved(token.key, node, null);
}
