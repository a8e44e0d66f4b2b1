import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { instancesOf } from '../support/instances.js';

const folder = mkdtempSync(join(tmpdir(), 'argonaut-closing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Node ends with 13 when the event loop is empty while a module still waits for something. */
it('a program without a server comes to the end of its `app.close()`', async () => {
  const start = await instancesOf(new URL('./closed-app.ts', import.meta.url));
  const instance = start({ database: join(folder, 'closing.sqlite') });
  await once(instance, 'exit');
  expect(instance.exitCode).toBe(0);
}, 60_000);
