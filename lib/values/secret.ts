import { createHmac, randomFillSync } from 'node:crypto';

const SECRET_BYTES = 16;
/** Random bytes that no secret has had: to ask the system for many at once is cheaper. */
const fresh = Buffer.alloc(256 * SECRET_BYTES);
let taken = fresh.length;

/** 128 random bits. */
export function newSecret(): string {
  if (taken === fresh.length) {
    randomFillSync(fresh);
    taken = 0;
  }
  return fresh.toString('base64url', taken, (taken += SECRET_BYTES));
}

/** A text of 132 bits that only the holder of the secret can make. It is the same each time. */
export function signatureOf(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22);
}
