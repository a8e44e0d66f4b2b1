import { describeError } from './describe-error.js';

/** A thrown value in words: an error's message, and anything else as it prints. */
export function reasonOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return describeError(thrown);
  }
}
