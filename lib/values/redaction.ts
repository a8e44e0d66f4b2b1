/**
 * What an application takes out of texts before they are stored or printed. All texts of errors come through here, so the functions
 * are those of this Node process: of two applications in it, each takes out its own.
 */
type Redact = (text: string) => string;

const functions = new Set<Redact>();

/** Stands for a text that could not be redacted. It may hold a secret, so nothing of it is kept. */
const WITHHELD = '(withheld: the redact option has failed)';

/** Redacts until the returned function is called. */
export function redactWith(redact: Redact): () => void {
  functions.add(redact);
  return () => void functions.delete(redact);
}

export function redacted(text: string): string {
  let kept = text;
  for (const redact of functions) kept = attempted(redact, kept);
  return kept;
}

function attempted(redact: Redact, text: string): string {
  try {
    const kept: unknown = redact(text);
    return typeof kept === 'string' ? kept : WITHHELD;
  } catch {
    return WITHHELD;
  }
}
