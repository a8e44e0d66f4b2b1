import { useState } from 'preact/hooks';

/** Copies a text, and says so. Without a secure page a browser has no clipboard: then there is no button. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [says, setSays] = useState('');
  if (!navigator.clipboard) return null;
  const copy = () => void navigator.clipboard.writeText(text).then(() => setSays('Copied'), () => setSays('Not copied')); // prettier-ignore
  return (
    <>
      <button type="button" class="quiet" onClick={copy}>
        Copy {what}
      </button>
      <span class="muted" role="status">
        {says}
      </span>
    </>
  );
}
