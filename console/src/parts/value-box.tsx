import { valueWords } from '../words/diff';

const SHORT = 60;

/** A value: short ones in the line, long ones behind a summary. */
export function ValueBox({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = valueWords(value);
  if (text === '') return <span class="muted">–</span>;
  const isShort = text.length <= SHORT && !text.includes('\n');
  if (isShort) return <code>{text}</code>;
  return (
    <details class="value">
      <summary>
        <code>{JSON.stringify(value).slice(0, SHORT)}…</code>
      </summary>
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </details>
  );
}
