import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client.js';
import { asProblem } from '../api/use-read.js';
import { ProblemNote } from './basics.js';

interface DialogProps {
  readonly title: string;
  /** One sentence: what will happen. */
  readonly says: string;
  /** The verb and what it concerns: `Cancel L-4711`. Null: there is nothing to do yet. */
  readonly verb: string | null;
  readonly isDangerous: boolean;
  /** The choice that changes nothing. */
  readonly safe: string;
  readonly onClose: () => void;
  /** Rejects: it was refused. Resolves to `stay`: it was only a look. Both leave the dialog open. */
  readonly onDo: () => Promise<void | 'stay'>;
  readonly onProblem?: (problem: Problem | null) => void;
  readonly children?: ComponentChildren;
}

/** A question before something is done. Where it is dangerous, the safe choice has the focus first. */
export function Dialog({ title, says, verb, isDangerous, safe, onClose, onDo, onProblem, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const { activeElement } = document;
    dialog.current?.showModal();
    return () => activeElement instanceof HTMLElement && activeElement.focus();
  }, []);
  const tell = (found: Problem | null) => {
    setProblem(found);
    onProblem?.(found);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    tell(null);
    onDo()
      .then((what) => what !== 'stay' && onClose())
      .catch((error: unknown) => tell(asProblem(error)))
      .finally(() => setBusy(false));
  };
  return (
    <dialog ref={dialog} aria-labelledby={`${id}-title`} aria-describedby={`${id}-says`} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <h2 id={`${id}-title`}>{title}</h2>
        <p id={`${id}-says`}>{says}</p>
        {children}
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button type="button" autofocus={isDangerous} onClick={() => dialog.current?.close()}>
            {safe}
          </button>
          {verb !== null && (
            <button type="submit" class={isDangerous ? 'danger' : 'primary'} aria-disabled={isBusy}>
              {isBusy ? 'One moment…' : verb}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

/** Why; kept in the audit record. */
export function ReasonField({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Reason</label>
      <input id={id} value={value} maxLength={2000} aria-describedby={`${id}-help`} onInput={(event) => onChange(event.currentTarget.value)} />
      <p id={`${id}-help`} class="help">
        Why; it is kept in the history.
      </p>
    </div>
  );
}
