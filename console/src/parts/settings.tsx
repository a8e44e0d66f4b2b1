import { useRef } from 'preact/hooks';
import { session } from '../state/session.js';
import { theme, type Theme, zone } from '../state/settings.js';
import type { Zone } from '../words/time.js';

/** What a person chooses for this browser, and who they are to the server. */
export function Settings({ onHelp }: { readonly onHelp: () => void }) {
  const details = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (details.current?.open) details.current.querySelector('summary')?.focus();
    details.current?.removeAttribute('open');
  };
  const left = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget instanceof Node && !details.current?.contains(relatedTarget)) details.current?.removeAttribute('open');
  };
  const { actor = null, rights = [], version = '' } = session.value ?? {};
  return (
    <details class="settings" ref={details} onKeyDown={(event) => event.key === 'Escape' && close()} onFocusOut={left}>
      <summary>Settings</summary>
      <div class="panel">
        <div class="field">
          <label for="theme">Colours</label>
          <select id="theme" value={theme.value} onChange={(event) => (theme.value = event.currentTarget.value as Theme)}>
            <option value="system">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </div>
        <div class="field">
          <label for="zone">Times</label>
          <select id="zone" value={zone.value} onChange={(event) => (zone.value = event.currentTarget.value as Zone)}>
            <option value="local">local</option>
            <option value="utc">UTC</option>
          </select>
        </div>
        <p class="help">
          {actor === null ? 'The server knows no name for you.' : `You are ${actor}.`} Your rights: {rights.join(', ') || 'none'}.
        </p>
        <p class="help">Version {version}</p>
        <button type="button" onClick={onHelp}>
          Keys
        </button>
      </div>
    </details>
  );
}
