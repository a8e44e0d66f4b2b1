import { randomUUID } from 'node:crypto';

let last = { time: 0, count: 0 };

/**
 * A UUID of version 7: ordered by time, so that rows made together lie together in the index. Ids of one millisecond are ordered
 * as they were made here, by a counter in the twelve bits after the version (RFC 9562, method 1).
 */
export function newId(now: number): string {
  last = now === last.time ? { time: now, count: Math.min(last.count + 1, 0xfff) } : { time: now, count: 0 };
  const time = now.toString(16).padStart(12, '0');
  const count = last.count.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`;
}
