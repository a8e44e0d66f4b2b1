import { valueWords } from '../words/diff.js';

const SHORT = 60;
const shortened = (text: string) => (text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);

/** A value: short ones in the line, long ones behind a summary. */
export function ValueBox({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = valueWords(value);
  if (text === '') return <span class="muted">–</span>;
  if (typeof value === 'object' && JSON.stringify(value).length <= SHORT) return <code>{JSON.stringify(value)}</code>;
  const isShort = text.length <= SHORT && !text.includes('\n');
  if (isShort) return <code>{text}</code>;
  return (
    <details class="value">
      <summary>
        <code>{shortened(JSON.stringify(value))}</code>
      </summary>
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
    </details>
  );
}
