import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface GuardedButtonProps {
  /** Why it cannot be used; null: it can. */
  readonly why: string | null;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A button that says why it cannot be used: it can be reached by the keyboard, and the reason is read with it. */
export function GuardedButton({ why, onClick, children, class: name = '' }: GuardedButtonProps) {
  const id = useId();
  if (why === null)
    return (
      <button type="button" class={name} onClick={onClick}>
        {children}
      </button>
    );
  return (
    <span class="guarded">
      <button type="button" class={name} aria-disabled="true" aria-describedby={id}>
        {children}
      </button>
      <span id={id} role="tooltip" class="why">
        {why}
      </span>
    </span>
  );
}
