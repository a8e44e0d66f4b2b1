import { useEffect, useRef } from 'preact/hooks';

const HELP: readonly (readonly [key: string, what: string])[] = [
  ['/', 'to the search'],
  ['j', 'to the next row'],
  ['k', 'to the row before'],
  ['Enter', 'opens the row'],
  ['?', 'this list'],
  ['Esc', 'closes a dialog'],
];

/** Keys that work on every page, unless something is typed. */
export function useKeys({ help }: { readonly help: () => void }): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      if (event.key === '/') toSearch(event);
      if (event.key === '?') help();
      if (event.key === 'j') toRow(1);
      if (event.key === 'k') toRow(-1);
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

function toSearch(event: KeyboardEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#search')?.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

function toRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  const current = rows.indexOf(document.activeElement as HTMLElement);
  const next = current < 0 ? 0 : Math.min(Math.max(current + by, 0), rows.length - 1);
  rows[next]?.focus();
}

export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl class="keys">
        {HELP.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons">
        <button type="button" autofocus onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
