import { signal } from '@preact/signals';
import type { Right, Session } from '../api/types.js';

/** What the server has said of the person who looks. Null: it has not answered yet. */
export const session = signal<Session | null>(null);

/** Why a right is missing, in a sentence; null: it is there. */
export function missingRight(right: Right): string | null {
  return session.value?.rights.includes(right) ? null : `This needs the right "${right}", which you do not have.`;
}
