import { describeError } from './describe-error.js';
import { redacted } from './redaction.js';

/** A thrown value in words, redacted: an error's message, and anything else as it prints. */
export function reasonOf(thrown: unknown): string {
  try {
    return redacted(thrown instanceof Error ? thrown.message : String(thrown));
  } catch {
    return describeError(thrown);
  }
}
