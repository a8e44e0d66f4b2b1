/** How large a document may be. Checked before anything else looks at it, because documents may come from people who mean harm. */
import { MOST_CHECKS } from './schema/schema-check.js';

/** How large and deep a document may be, and how much work its JSON Schema may make. */
export interface DocumentLimits {
  /** The document as JSON. */
  readonly bytes: number;
  readonly steps: number;
  /** Objects and lists inside one another. */
  readonly depth: number;
  /** Single checks that validating one value by the JSON Schema of a document may take. */
  readonly checks: number;
}

export const DOCUMENT_LIMITS: DocumentLimits = { bytes: 64 * 1024, steps: 200, depth: 50, checks: MOST_CHECKS };

/** What is over the limits, in a sentence that names the option; the first only. */
export function limitProblem(document: unknown, limits: DocumentLimits): string | null {
  const over = sizeProblem(document, limits);
  if (over !== null) return over;
  const { steps, activities } = (document ?? {}) as { steps?: unknown; activities?: unknown };
  const count = [steps, activities].reduce((sum: number, list) => sum + (Array.isArray(list) ? list.length : 0), 0);
  return count > limits.steps ? `it has ${count} steps; at most ${limits.steps} are taken (documents.steps)` : null;
}

/** Walks without recursion, and no further than the limits go: what is given may be endless. */
function sizeProblem(document: unknown, limits: DocumentLimits): string | null {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: document, depth: 0 }];
  let bytes = 0;
  for (let at = open.pop(); at; at = open.pop()) {
    const { value, depth } = at;
    bytes += Array.isArray(value) ? 3 + value.length : jsonSize(value); // an endless list is not gone through
    if (bytes > limits.bytes) return `it has more than ${limits.bytes} bytes as JSON (documents.bytes)`;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= limits.depth) return `it is nested more than ${limits.depth} deep, or in a circle (documents.depth)`;
    for (const key in value) {
      if (!Array.isArray(value)) bytes += jsonSize(key) + 1;
      open.push({ value: (value as Record<string, unknown>)[key], depth: depth + 1 });
    }
  }
  return null;
}

/** A value without what is in it, with the comma behind it. */
function jsonSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 3;
  return typeof value === 'object' && value !== null ? 3 : String(value).length + 1;
}
