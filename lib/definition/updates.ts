import type { Json } from '../values/json.js';
import { senderName } from '../values/sender-name.js';
import type { WorkflowOptions } from './workflow-options.js';

/** Where the updates of a process are sent. */
export interface Updates {
  /** The name of the provider that transmits them. */
  readonly sender: string;
  readonly pattern: Json;
  /** They hold the values that have changed. */
  readonly context: boolean;
}

/** The updates of a definition, if there are any. A wrong option is reported by the verifier. */
export function updatesOf({ updates }: Pick<WorkflowOptions, 'updates'>): { readonly updates?: Updates } {
  if (!updates) return {};
  const { to, pattern, context = false } = updates;
  return { updates: { sender: senderName(to) ?? '', pattern: pattern as Json, context } };
}
