import { join } from 'node:path';
import { describe } from 'vitest';
import { madeFrom } from './made.js';

/** The tests of docs/testing.md, as they stand there. */
const folder = madeFrom('docs/testing.md');

describe('docs/testing.md', async () => {
  for (const name of ['loan', 'database', 'app']) await import(join(folder, `${name}.spec.ts`));
});
