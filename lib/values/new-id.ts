import { randomUUID } from 'node:crypto';

/** A UUID of version 7: ordered by time, so that rows made together lie together in the index. */
export function newId(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
