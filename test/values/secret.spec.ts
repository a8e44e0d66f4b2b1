import { expect, it } from 'vitest';
import { newSecret } from '../../lib/values/secret.js';

it('each secret is 128 bits of its own, also where the random bytes at hand are used up', () => {
  const secrets = Array.from({ length: 1000 }, newSecret);
  expect(new Set(secrets).size).toBe(1000);
  for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(16);
});
