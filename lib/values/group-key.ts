import { createHash } from 'node:crypto';

/**
 * A group id as a short key that is the same on every database: collations that fold case or trailing blanks would
 * otherwise take two group ids for one. Two processes with the same key are the same to the unique index.
 */
export function groupKey(groupId: string): string {
  return createHash('sha256').update(groupId).digest('base64url').slice(0, 32);
}
