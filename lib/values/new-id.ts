import { createHash, randomUUID } from 'node:crypto';

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

/** A UUID of version 8 that follows from the workflow and the seed: the same for the same. */
export function idFromSeed(workflow: string, seed: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([workflow, seed]))
    .digest('hex');
  const variant = ((Number.parseInt(hash[16]!, 16) & 3) | 8).toString(16);
  return [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, variant + hash.slice(17, 20), hash.slice(20, 32)].join('-');
}
