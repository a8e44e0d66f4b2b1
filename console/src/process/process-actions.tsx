import type { PossibleAction, Situation } from '../api/types.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { missingRight } from '../state/session.js';
import { ACTIONS, buttonLabel, inOrder } from '../words/actions.js';

interface ProcessActionsProps {
  readonly situation: Situation;
  readonly onAsk: (action: PossibleAction) => void;
}

/** A step of many items has an action for each. */
const MOST_SHOWN = 12;

/** What can be done with the process; and what cannot be done now, with the reasons. */
export function ProcessActions({ situation: { actions }, onAsk }: ProcessActionsProps) {
  const ordered = inOrder(actions);
  const possible = ordered.filter(({ allowed }) => allowed).sort((a, b) => Number(isOfItem(a)) - Number(isOfItem(b)));
  const impossible = ordered.filter(({ allowed }) => !allowed);
  return (
    <>
      <div class="actions" role="group" aria-label="Actions">
        {possible.slice(0, MOST_SHOWN).map((action) => (
          <ActionButton key={keyOf(action)} action={action} onAsk={onAsk} />
        ))}
        {possible.length > MOST_SHOWN && <span class="muted">{possible.length - MOST_SHOWN} more are with their steps.</span>}
      </div>
      {impossible.length > 0 && (
        <details class="impossible">
          <summary>Not possible now: {impossible.map(buttonLabel).join(', ')}</summary>
          <ul>
            {impossible.map((action) => (
              <li key={keyOf(action)}>
                {buttonLabel(action)}: {action.why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Those of the whole process, or of a step, are never crowded out by those of items. */
function isOfItem({ index }: PossibleAction): boolean {
  return index !== undefined;
}

export function keyOf({ action, step, index }: PossibleAction): string {
  return JSON.stringify([action, step, index]);
}

export function ActionButton({ action, onAsk }: { readonly action: PossibleAction; readonly onAsk: (action: PossibleAction) => void }) {
  const why = missingRight(action.right) ?? (action.allowed ? null : (action.why ?? 'This is not possible now.'));
  const { isDangerous } = ACTIONS[action.action];
  return (
    <GuardedButton why={why} onClick={() => onAsk(action)} class={isDangerous ? '' : 'primary'}>
      {buttonLabel(action)}
    </GuardedButton>
  );
}
