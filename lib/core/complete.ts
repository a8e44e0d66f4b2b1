import { type StepNode, stepNamed } from '../definition/graph.js';
import type { VersionDraft } from './change.js';
import type { Draft } from './draft.js';
import { type EventOf, NO_CHANGE } from './events.js';
import { edgeOf, proceed } from './flow.js';
import { listenAfter } from './listeners.js';
import { isEventToken, type StepToken } from './token.js';
import { letEnd } from './undo.js';
import { visitMark } from './undo-marks.js';

/** What a body returned. `because`: why the step is complete without it. */
type Completion = Pick<EventOf<'step-succeeded'>, 'patch' | 'branch' | 'result' | 'overwrote'> & { readonly because?: string };

/** Completes a step run whose `completeBy` has come, although its body never said so. */
export function completeByTime(draft: Draft, token: StepToken): void {
  complete(draft, token, { patch: NO_CHANGE, because: 'its completeBy has come' });
}

/** Completes a step run with what its body returned: a version, a record, and the token goes on. */
export function complete(draft: Draft, token: StepToken, event: Completion): void {
  draft.end(token.key);
  const node = stepNamed(draft.definition, token.node);
  draft.makeVersion(token.node, event.patch, versionExtras(node, token, event));
  draft.record('step-completed', token, { detail: completionDetail(event) });
  if (token.last) return letEnd(draft, token);
  if (!isEventToken(token)) listenAfter(draft, node);
  proceed(draft, token, edgeOf(node, event.branch), event.branch === undefined ? draft.head.contextVersion : token.previous);
}

/** Undefined for most versions, which hold only their patch. */
function versionExtras({ compensates }: StepNode, token: StepToken, { result }: Completion): Pick<VersionDraft, 'result' | 'undo'> | undefined {
  if (result === undefined && !compensates) return undefined;
  return { ...(result !== undefined && { result }), ...(compensates && { undo: visitMark(token) }) };
}

/** The chosen branch and the overwritten keys. Of two plain values for one key the last commit wins, and the audit record says so. */
function completionDetail({ branch, overwrote, because }: Completion): string | null {
  if (overwrote === undefined || overwrote.length === 0) return branch ?? because ?? null;
  return [branch, `overwrote ${overwrote.join(', ')}`].filter(Boolean).join('; ');
}
