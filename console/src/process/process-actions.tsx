import type { PossibleAction, Situation } from '../api/types.js';
import { GuardedButton } from '../parts/guarded-button.js';
import { missingRight } from '../state/session.js';
import { ACTIONS, buttonLabel, inOrder } from '../words/actions.js';

interface ProcessActionsProps {
  readonly situation: Situation;
  readonly onAsk: (action: PossibleAction) => void;
}

/** What can be done with the process, and what could be, with the reason why not. Impossible ones of a step are shown with the step. */
export function ProcessActions({ situation: { actions }, onAsk }: ProcessActionsProps) {
  const shown = inOrder(actions).filter(({ step, allowed }) => step === null || allowed);
  if (shown.length === 0) return null;
  return (
    <div class="actions" role="group" aria-label="Actions">
      {shown.map((action) => (
        <ActionButton key={`${action.action} ${action.step}`} action={action} onAsk={onAsk} />
      ))}
    </div>
  );
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
