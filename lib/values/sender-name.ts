import type { SenderRef } from './types.js';

/** The name of a provider, as messages that it transmits are stored with it. Null: the reference has none. */
export function senderName(ref: SenderRef): string | null {
  const name: unknown = typeof ref === 'symbol' ? ref.description : typeof ref === 'function' ? ref.name : ref;
  return typeof name === 'string' && name !== '' ? name : null;
}

/** Whether a message may have this pattern: a text, or an object. */
export function isPattern(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
