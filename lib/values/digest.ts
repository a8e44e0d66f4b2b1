import { createHash } from 'node:crypto';
import type { Json } from './json.js';

/** A digest of texts, in 32 characters. */
export function digestOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64url').slice(0, 32);
}

/** The same for the same data, whatever the order of its keys. */
export function bodyDigest(body: Json): string {
  return digestOf(canonical(body));
}

function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  const entries = Object.entries(value as Readonly<Record<string, Json>>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

/**
 * A group id as a short key that is the same on every database: collations that fold case or trailing blanks would
 * otherwise take two group ids for one. Two processes with the same key are the same to the unique index.
 */
export function groupKey(groupId: string): string {
  return createHash('sha256').update(groupId).digest('base64url').slice(0, 32);
}
