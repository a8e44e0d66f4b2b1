import { createHmac, randomBytes } from 'node:crypto';

/** 128 random bits. */
export function newSecret(): string {
  return randomBytes(16).toString('base64url');
}

/** A text of 132 bits that only the holder of the secret can make. It is the same each time. */
export function signatureOf(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url').slice(0, 22);
}
